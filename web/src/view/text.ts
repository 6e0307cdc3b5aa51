import { view as en } from "../../locales/en.json"
import { view as fr } from "../../locales/fr.json"

interface Texts {
  [key: string]: string | Texts
}

let texts: Texts = en

export function setLanguage(language: string): void {
  texts = language.toLowerCase().startsWith("fr") ? fr : en
  document.documentElement.lang = texts === fr ? "fr" : "en"
}

/** The text of `view.<key>`, with the name filled in; "" when there is none. */
export function t(key: string, name = ""): string {
  let at: string | Texts | undefined = texts
  for (const part of key.split(".")) {
    at = typeof at === "object" && Object.hasOwn(at, part) ? at[part] : undefined
  }
  return typeof at === "string" ? at.replaceAll("{{name}}", () => name) : ""
}
