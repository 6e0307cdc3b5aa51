import i18next, { type i18n } from "i18next"
import { initReactI18next } from "react-i18next"
import { remember, remembered } from "../data/memory"

const CATALOGUES: Record<string, () => Promise<{ default: Record<string, unknown> }>> = {
  en: () => import("../../locales/en.json"),
  fr: () => import("../../locales/fr.json"),
}

export const LANGUAGES = Object.keys(CATALOGUES)

/** Their own names, so that whoever cannot read the page finds theirs. */
export const LANGUAGE_NAMES: Record<string, string> = { en: "English", fr: "Français" }

function known(language: string | null | undefined): string | null {
  const short = language?.slice(0, 2).toLowerCase()
  return short && short in CATALOGUES ? short : null
}

/** What the person chose in this browser, else the account's or page's language, else the browser's. */
export function startLanguage(account?: string): string {
  const chosen = known(remembered<string>("language", true))
  return chosen ?? known(account) ?? known(navigator.language) ?? "en"
}

export async function startTexts(language: string): Promise<i18n> {
  const instance = i18next.createInstance()
  await instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await load(instance, "en")
  await use(instance, language)
  return instance
}

async function load(instance: i18n, language: string): Promise<void> {
  if (instance.hasResourceBundle(language, "translation")) return
  const catalogue = await CATALOGUES[language]?.()
  if (catalogue) instance.addResourceBundle(language, "translation", catalogue.default)
}

async function use(instance: i18n, language: string): Promise<void> {
  await load(instance, language)
  await instance.changeLanguage(language)
  document.documentElement.lang = language
}

/** The account's language counts until somebody chooses another by hand. */
export async function followAccount(instance: i18n, account: string): Promise<void> {
  await use(instance, startLanguage(account))
}

export async function choose(instance: i18n, language: string): Promise<void> {
  remember("language", language, true)
  await use(instance, language)
}
