/**
 * What of a customer's page is built. Everything else becomes an inert stand-in: the page came from a browser that we do
 * not know, and could be forged. The policy of the view's document is a second wall behind this one, not the first.
 */
import { cleanCss, safeUrl, type Urls } from "./css"
import {
  BOXES,
  COMMON,
  HTML,
  INPUTS,
  MATH,
  MATH_NAMES,
  NEVER,
  NOT_CUSTOM,
  PICTURES,
  REFERRING,
  SVG,
  SVG_NAMES,
} from "./names"

export { cleanCss, type Urls } from "./css"

const SVG_NS = "http://www.w3.org/2000/svg"
const MATH_NS = "http://www.w3.org/1998/Math/MathML"
const XLINK_NS = "http://www.w3.org/1999/xlink"
const CUSTOM = /^[a-z][a-z0-9]*-[a-z0-9._-]*$/
const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]*$/
const HANDLER = /^on/i
const FIELDS = new Set(["input", "textarea", "select", "button", "form"])
/** A form has its fields by their ids as properties, before its own: `form.parentNode` would be what the page likes. */
const NAMED = new Set(["input", "button", "select", "textarea", "fieldset", "output", "img"])
/** Names of what stands for an element that is not built: never seen, or a box of its size. */
export const HIDDEN = "deskside-none"
export const BOX = "deskside-box"

/** The element for a tag of the stream (`svg:` or `math:` before those of SVG and MathML). */
export function create(doc: Document, tag: string): Element {
  if (tag.startsWith("svg:")) {
    const name = tag.slice(4)
    return doc.createElementNS(SVG_NS, SVG.has(name) ? name : "desc")
  }
  if (tag.startsWith("math:")) {
    const name = tag.slice(5)
    return MATH.has(name) ? doc.createElementNS(MATH_NS, name) : hidden(doc)
  }
  if (tag === "iframe") return frame(doc)
  if (tag === "link") return doc.createElement("style")
  if (BOXES.has(tag)) return box(doc)
  if (HTML.has(tag) || CUSTOM.test(tag)) return inert(doc.createElement(tag))
  return isKnown(tag) ? hidden(doc) : doc.createElement("span")
}

/** Elements with a meaning that we do not want; others are as good as a `span`. */
function isKnown(tag: string): boolean {
  return /^(?:script|template|meta|base|basefont|bgsound|noembed|noframes|frameset|param|track|rb|rtc|keygen|command|isindex|image|geolocation|permission|usermedia|model|fencedframe|portal)$/.test(
    tag,
  )
}

function hidden(doc: Document): HTMLElement {
  const element = doc.createElement(HIDDEN)
  element.style.setProperty("display", "none", "important")
  return element
}

function box(doc: Document): HTMLElement {
  const element = doc.createElement(BOX)
  element.style.display = "inline-block"
  return element
}

/** Without scripts and address: a document is built in it from here, or none is. */
function frame(doc: Document): HTMLIFrameElement {
  const element = doc.createElement("iframe")
  element.setAttribute("sandbox", "allow-same-origin")
  element.tabIndex = -1
  return element
}

function inert(element: HTMLElement): HTMLElement {
  if (FIELDS.has(element.localName)) element.setAttribute("autocomplete", "off")
  return element
}

const HTML_NS = "http://www.w3.org/1999/xhtml"

/** Set what came as an attribute, null: take it away. What is not allowed changes nothing. */
export function setAttribute(element: Element, tag: string, name: string, value: string | null, url: Urls): void {
  if (!NAME.test(name) || HANDLER.test(name)) return
  // The document would make it lower case: after all checks of it.
  if (element.namespaceURI === HTML_NS && name !== name.toLowerCase()) return
  if (element.localName === HIDDEN) return
  if (name === "id" && value !== null && shadowsBuiltIn(tag, value)) return
  const safe = value === null ? "" : attribute(tag, name, value, url)
  const drop = value === null && !FIXED.has(name)
  if (name === "xlink:href") {
    if (safe === null || drop) element.removeAttributeNS(XLINK_NS, "href")
    else element.setAttributeNS(XLINK_NS, name, safe)
    return
  }
  if (drop) element.removeAttribute(name)
  else if (safe !== null && value !== null) element.setAttribute(name, safe)
  else if (value !== null && attributeIsPicture(tag, name)) element.removeAttribute(name)
}

function shadowsBuiltIn(tag: string, id: string): boolean {
  return (NAMED.has(tag) || CUSTOM.test(tag)) && (id in Element.prototype || id === "style")
}

/** Ours, whatever the page says. */
const FIXED = new Set(["sandbox", "autocomplete"])

/** The value as it may be set; null: not at all. */
export function attribute(tag: string, name: string, value: string, url: Urls): string | null {
  if (!NAME.test(name) || HANDLER.test(name) || NEVER.has(name) || FIXED.has(name)) return null
  if (name === "style") return cleanCss(value, url)
  if (attributeIsPicture(tag, name)) return picture(tag, name, value, url)
  if (name === "href" || name === "xlink:href") return reference(tag, value)
  if (tag.startsWith("svg:")) return ofSvg(name, value, url)
  if (tag.startsWith("math:")) return MATH_NAMES.has(name) || isForeign(name) ? value : null
  return ofHtml(tag, name, value)
}

function attributeIsPicture(tag: string, name: string): boolean {
  return Object.hasOwn(PICTURES, tag) && (PICTURES[tag]?.includes(name) ?? false)
}

function picture(tag: string, name: string, value: string, url: Urls): string | null {
  if (name === "srcset") return srcset(value, url)
  if (tag === "svg:feImage" && value.startsWith("#")) return value
  const safe = safeUrl(value.trim(), url)
  // A picture in an element of the document has documents of its own inside: only what the browser decodes as a picture.
  return safe
}

function srcset(value: string, url: Urls): string | null {
  const found = value.split(",").map((one) => /^\s*(asset:[0-9a-f]{64})(\s+[\d.]+[wx])?\s*$/.exec(one))
  const there = found.map((one) => {
    const address = one?.[1] === undefined ? null : safeUrl(one[1], url)
    return address === null ? null : `${address}${one?.[2] ?? ""}`
  })
  return there.every((one) => one !== null) ? there.join(", ") : null
}

/** A link keeps its looks and leads nowhere. */
function reference(tag: string, value: string): string | null {
  if (tag === "a" || tag === "area" || tag === "svg:a") return "#"
  return REFERRING.has(tag) && /^#[^\s]*$/.test(value) ? value : null
}

function ofSvg(name: string, value: string, url: Urls): string | null {
  if (name === "attributeName") return /^(?:xlink:)?href$|^on|^style$|^src|^class$/i.test(value.trim()) ? null : value
  if (!SVG_NAMES.has(name) && !isForeign(name)) return null
  return /[(\\]/.test(value) ? cleanCss(value, url) : value
}

/** Has no meaning but to the page's own scripts and styles: `data-x`, `aria-x`, `_ngcontent-x`, `x-y`. */
function isForeign(name: string): boolean {
  return (name.includes("-") || name.startsWith("_")) && !NEVER.has(name.toLowerCase()) && !name.includes(":")
}

function ofHtml(tag: string, name: string, value: string): string | null {
  if (tag === "input" && name === "type") return INPUTS.has(value.toLowerCase()) ? value : "text"
  if (tag === "slot" && name === "name") return value
  if (tag === "map" && name === "name") return value
  if (name === "popover" || name === "contenteditable") return value
  if (tag === "iframe")
    return /^(?:class|id|title|width|height|align|frameborder|scrolling|hidden|part|slot)$/.test(name) ? value : null
  if (COMMON.has(name) || isForeign(name)) return value
  return CUSTOM.test(tag) && !NOT_CUSTOM.has(name) && !name.includes(":") ? value : null
}
