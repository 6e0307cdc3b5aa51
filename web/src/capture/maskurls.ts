import { ASSET } from "../page/format"
import { COMMENT, rewrite, STRING } from "./css"

/** Origin and path, nothing more; null for what is none of the web. */
export function addressOf(value: string, base: string): string | null {
  if (value.startsWith(ASSET)) return value
  try {
    const url = new URL(value, base)
    if (url.protocol === "http:" || url.protocol === "https:") return url.origin + url.pathname
    return url.href === "about:blank" || isPicture(url.href) ? url.href : null
  } catch {
    return null
  }
}

/** The address of an attribute: of a place in the same document that is there, or as `addressOf`. */
export function plainAddress(element: Element, value: string): string | null {
  const text = value.trim()
  if (!text.startsWith("#")) return addressOf(text, element.baseURI)
  return text === "#" || isAnchor(element, text.slice(1)) ? text : null
}

/** What follows a # may be anything, a token too: only the name of an element that is there is one of a place. */
function isAnchor(element: Element, name: string): boolean {
  const root = element.getRootNode() as Document | ShadowRoot
  return root.getElementById?.(name) != null || element.ownerDocument.getElementById(name) !== null
}

/** A `srcset`, with plain addresses. */
export function addressesOf(value: string, base: string): string | null {
  const found = [...value.matchAll(/\s*(\S*[^\s,])(\s+[\d.]+[wxh])?\s*(?:,|$)/g)].flatMap(([, url, size]) => {
    const address = url ? addressOf(url, base) : null
    return address === null ? [] : [`${address}${size ?? ""}`]
  })
  return found.length > 0 ? found.join(", ") : null
}

/** CSS whose addresses tell no more than others. */
export function plainCss(text: string, base: string): string {
  if (!text.includes("(") && !text.includes("\\")) return text
  return rewrite(text, { url: (url) => (url.startsWith("#") ? url : (addressOf(url, base) ?? "")) })
}

const TEXTS = new RegExp(`${COMMENT}|${STRING}|url\\((?:\\s*(?:${STRING}))?[^)]*\\)?`, "gi")
const QUIET = /^\s*(?!--)[a-z-]+\s*:[^"]*$/i

/** Declarations without those in which a picture or a text may be: addresses, strings, properties of the page's own. */
export function quietCss(text: string): string {
  const plain = `${text.replace(TEXTS, '"')};`
  // Not needed for looks, and hard to tell the end of.
  if (text.includes("\\") || /[{}[\]]/.test(plain)) return ""
  const quiet: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < plain.length; i++) {
    const sign = plain[i] as string
    if (sign === "(") depth++
    else if (sign === ")") depth = Math.max(0, depth - 1)
    else if (sign === ";" && depth === 0) {
      const declaration = plain.slice(from, i)
      if (QUIET.test(declaration)) quiet.push(declaration.trim())
      from = i + 1
    }
  }
  return quiet.join("; ")
}

/** What is in its address as a whole, and is a picture. */
export function isPicture(url: string): boolean {
  return /^data:image\//i.test(url)
}
