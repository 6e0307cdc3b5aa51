import { customer as en } from "../../locales/en.json"
import { customer as fr } from "../../locales/fr.json"

interface Tree {
  [key: string]: string | Tree
}

export type Vars = Record<string, string | number>

export const LANGUAGES = ["en", "fr"] as const
export type Language = (typeof LANGUAGES)[number]

let catalogues: Record<Language, Tree> = { en, fr }
let language: Language = "en"
let plurals = new Intl.PluralRules(language)

/** The first of the wished languages that we speak; English when none is. */
export function pickLanguage(...wished: (string | null | undefined)[]): Language {
  for (const wish of wished) {
    const found = LANGUAGES.find((known) => wish?.toLowerCase().split(/[-_]/)[0] === known)
    if (found) return found
  }
  return "en"
}

/** More sections of the catalogue, of a page that says more than others. */
export function addTexts(more: Record<Language, Tree>): void {
  catalogues = { en: { ...catalogues.en, ...more.en }, fr: { ...catalogues.fr, ...more.fr } }
}

export function setLanguage(next: Language): void {
  language = next
  plurals = new Intl.PluralRules(next)
}

export function currentLanguage(): Language {
  return language
}

function find(tree: Tree, key: string): string | undefined {
  let at: string | Tree | undefined = tree
  for (const part of key.split(".")) at = typeof at === "object" ? at[part] : undefined
  return typeof at === "string" ? at : undefined
}

/** True when there is a text for the key. */
export function has(key: string): boolean {
  return find(catalogues.en, key) !== undefined
}

/** The text of a key in i18next's format: `{{name}}` is filled in, `count` chooses `_one` or `_other`. */
export function t(key: string, vars: Vars = {}): string {
  const names = typeof vars.count === "number" ? [`${key}_${plurals.select(vars.count)}`, `${key}_other`, key] : [key]
  for (const tree of [catalogues[language], catalogues.en]) {
    for (const name of names) {
      const text = find(tree, name)
      if (text !== undefined) return fill(text, vars)
    }
  }
  return key
}

function fill(text: string, vars: Vars): string {
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const value = vars[name]
    return typeof value === "number" ? new Intl.NumberFormat(language).format(value) : (value ?? "")
  })
}
