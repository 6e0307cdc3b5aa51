import { type Language, pickLanguage } from "../ui/text"

/** What the script's own tag says. */
export interface EmbedConfig {
  /** Origin of the server, from the script's address. */
  base: string
  site: string
  language: Language
  queue: string | null
  /** Telephone number of a customer whom the page knows, with country code. */
  number: string
  /** `light` or `dark`, for pages that have one only; the person's own choice otherwise. */
  scheme: string | null
  /** Of our own tag, for the script that is loaded later. */
  nonce: string
  /** Of the built front end. */
  version: string
}

declare const __DESKSIDE_VERSION__: string | undefined
const VERSION = typeof __DESKSIDE_VERSION__ === "string" ? __DESKSIDE_VERSION__ : "0"

/** Null when the tag is not ours or says no site. */
export function readConfig(script: HTMLOrSVGScriptElement | null): EmbedConfig | null {
  if (!(script instanceof HTMLScriptElement) || !script.src) return null
  const { site, lang, queue, scheme, number } = script.dataset
  if (!site) return null
  return {
    base: new URL(script.src, location.href).origin,
    site,
    language: pickLanguage(lang, document.documentElement.lang, ...(navigator.languages ?? [])),
    queue: queue || null,
    number: (number ?? "").slice(0, 40),
    scheme: scheme === "light" || scheme === "dark" ? scheme : null,
    nonce: script.nonce ?? "",
    version: VERSION,
  }
}

/** `currentScript` is gone when a script was put in by another; then the tag is looked for. */
export function ownScript(): HTMLOrSVGScriptElement | null {
  return document.currentScript ?? document.querySelector<HTMLScriptElement>("script[data-site][src*='embed.js']")
}
