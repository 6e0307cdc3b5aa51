import { type Language, pickLanguage } from "../ui/text"
import { type Mistake, type Wishes, wishesOf } from "./wishes"

/** What the script's own tag says, or the page's script. */
export interface EmbedConfig extends Wishes {
  /** Origin of the server, from the script's address. */
  base: string
  site: string
  language: Language
  /** Telephone number of a customer whom the page knows, with country code. */
  number: string
  /** `light` or `dark`, for pages that have one only; the person's own choice otherwise. */
  scheme: string | null
  /** Of our own tag, for the script that is loaded later. */
  nonce: string
  /** Of the built front end. */
  version: string
}

/** What the page's script may say instead of the tag. */
export interface Options {
  site?: string
  base?: string
  language?: string
  queue?: string | null
  skills?: readonly string[] | null
  details?: Readonly<Record<string, unknown>> | null
  number?: string
  scheme?: "light" | "dark" | null
  theme?: { accent: string }
}

declare const __DESKSIDE_VERSION__: string | undefined
const VERSION = typeof __DESKSIDE_VERSION__ === "string" ? __DESKSIDE_VERSION__ : "0"

/** `site` is empty when the tag names none. Null when it is not ours. */
export function readConfig(script: HTMLOrSVGScriptElement | null): EmbedConfig | null {
  if (!(script instanceof HTMLScriptElement) || !script.src) return null
  const { site, lang, queue, skills, scheme, number } = script.dataset
  return {
    base: new URL(script.src, location.href).origin,
    site: site ?? "",
    language: pickLanguage(lang, document.documentElement.lang, ...(navigator.languages ?? [])),
    queue: queue || null,
    skills: (skills ?? "")
      .split(",")
      .map((one) => one.trim())
      .filter(Boolean),
    details: {},
    number: (number ?? "").slice(0, 40),
    scheme: schemeOf(scheme),
    nonce: script.nonce ?? "",
    version: VERSION,
  }
}

/** Options go before the tag. Null where there is no tag, or no site. `mistaken`: what of them does not count. */
export function withOptions(
  config: EmbedConfig | null,
  options: Options,
  mistaken: (mistake: Mistake) => void,
): EmbedConfig | null {
  if (!config) return null
  const { site, base, language, queue, skills, details, number, scheme } = options
  const made: EmbedConfig = {
    ...config,
    ...(site === undefined ? {} : { site: String(site) }),
    ...(base === undefined ? {} : { base: new URL(base).origin }),
    ...(language === undefined ? {} : { language: pickLanguage(language) }),
    ...wishesOf(
      {
        queue: queue === undefined ? config.queue : queue,
        skills: skills === undefined ? config.skills : skills,
        details,
      },
      mistaken,
    ),
    ...(number === undefined ? {} : { number: String(number).slice(0, 40) }),
    ...(scheme === undefined ? {} : { scheme: schemeOf(scheme) }),
  }
  return made.site === "" ? null : made
}

function schemeOf(text: string | null | undefined): "light" | "dark" | null {
  return text === "light" || text === "dark" ? text : null
}

/** `currentScript` is gone when a script was put in by another; then the tag is looked for. */
export function ownScript(): HTMLOrSVGScriptElement | null {
  return document.currentScript ?? document.querySelector<HTMLScriptElement>("script[src*='/embed.js']")
}
