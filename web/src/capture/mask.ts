import type { More } from "../page/format"
import {
  ADDRESSES,
  DRAWN,
  HARMLESS,
  LEFT_OUT,
  LOOKS,
  METAS,
  REFERENCES,
  SHAPE,
  STATES,
  TELLING_STATES,
  TEXTS,
  TYPED,
} from "./masklists"
import { reachOf } from "./maskreach"
import { addressesOf, addressOf, plainAddress, plainCss, quietCss } from "./maskurls"
import type { Masker, Reach, Rules } from "./parts"
import { Secrets } from "./secrets"

const ALWAYS = "[data-deskside-mask], .deskside-mask"
const HTML = "http://www.w3.org/1999/xhtml"
/** Longer texts of attributes nobody sees: their length alone is left out. */
const MOST_MASKED = 200

const PRIVATE = 1
const SHOWN = 2
const EDITED = 4
/** In an option or select: what can be chosen, and what is. */
const CHOICE = 8
/** A field that only its owner reads, and what is in it. */
const SECRET = 16

/** Pictures of a private place cannot be made unreadable: a block stands for them. */
const BLOCKS = new Set(["img", "picture", "canvas", "video", "audio", "iframe", "frame", "object", "embed", "svg"])
/** Of an attribute of a drawing: a picture or a text may be in it. */
const TELLING_CSS = /url|["'\\]/i
const BUTTONS = new Set(["submit", "button", "reset", "image"])
const OPTIONS = new Set(["option", "optgroup", "select", "datalist"])

/**
 * Deny by default: only what a page's author wrote for everybody to see is let through. Rules of the site show more
 * (`unmask`), or hide more (`mask`, which wins); both hold for everything inside, through shadow roots and frames.
 */
export class PageMasker implements Masker {
  /** Each for itself: one that is not closed, as CSS lets it be, would take in the next. */
  #private: readonly string[] = [ALWAYS]
  #shown: readonly string[] = []
  #reach: (attribute: string | null) => Reach | null = () => null
  #secrets: Secrets
  /** Good for as long as nothing else can run. */
  #bits = new Map<Element, number>()

  constructor(rules: Pick<Rules, "mask" | "unmask">, document: Document) {
    this.#secrets = new Secrets(document)
    this.use(rules)
  }

  /** Other rules from now on; true when they differ. Selectors that the browser does not know are left out. */
  use(rules: Pick<Rules, "mask" | "unmask">): boolean {
    const before = JSON.stringify([this.#private, this.#shown])
    this.#private = [ALWAYS, ...rules.mask.filter(parses)]
    this.#shown = rules.unmask.filter(parses)
    this.#reach = reachOf([...this.#private, ...this.#shown])
    this.#bits.clear()
    return before !== JSON.stringify([this.#private, this.#shown])
  }

  close(): void {
    this.#secrets.close()
  }

  hides(element: Element): boolean {
    const kind = element.localName
    if (!BLOCKS.has(kind) && !(kind === "input" && typeOf(element) === "image")) return false
    return isClosed(this.#of(element))
  }

  shows(element: Element): boolean {
    return (this.#of(element) & (SHOWN | PRIVATE)) === SHOWN
  }

  reach(attribute: string | null): Reach | null {
    return this.#reach(attribute)
  }

  text(text: string, parent: Element): string {
    const slot = parent.shadowRoot?.querySelector("slot:not([name])")
    const bits = this.#of(parent) | (slot ? this.#of(slot) & PRIVATE : 0)
    if (bits & SECRET) return dots(text)
    return isClosed(bits) || (parent.localName === "textarea" && !(bits & SHOWN)) ? masked(text) : text
  }

  attribute(element: Element, name: string, value: string): string | null {
    const key = name.toLowerCase()
    if (key.startsWith("on") || LEFT_OUT.has(key)) return null
    const bits = this.#of(element)
    const shown = isShown(bits)
    const closed = isClosed(bits)
    if (ADDRESSES.has(key)) return closed ? null : plainAddress(element, value)
    if (key === "srcset" || key === "imagesrcset") return closed ? null : addressesOf(value, element.baseURI)
    if (key === "style") return closed ? quietCss(value) : plainCss(value, element.baseURI)
    if (key === "value") return this.#valueAttribute(element, value, shown, bits)
    if (element.localName === "meta" && key === "content") return harmlessMeta(element) ? value : null
    if (TELLING_STATES.has(key) && (isField(element) || bits & CHOICE) && !shown) return null
    if (shown || (REFERENCES.has(key) && value.length <= MOST_MASKED)) return value
    if (SHAPE.has(key)) return key === "download" ? "" : value
    if (!TEXTS.has(key) && isHarmless(element, key, value)) {
      return closed && TELLING_CSS.test(value) ? "" : plainCss(value, element.baseURI)
    }
    return value.length > MOST_MASKED ? "" : masked(value)
  }

  field(element: Element): More {
    const bits = this.#of(element)
    const shown = isShown(bits)
    switch (element.localName) {
      case "input":
        return this.#input(element as HTMLInputElement, shown, bits)
      case "textarea": {
        const { value } = element as HTMLTextAreaElement
        return shown ? { value } : { value: hidden(value, bits), masked: true }
      }
      case "select":
        return shown ? {} : { masked: true }
      case "option":
        return shown ? { selected: (element as HTMLOptionElement).selected } : {}
    }
    if (bits & PRIVATE) {
      const above = upOf(element)
      return above && this.#of(above) & PRIVATE ? {} : { masked: true }
    }
    return bits & EDITED && !shown && element.hasAttribute("contenteditable") ? { masked: true } : {}
  }

  forbids(element: Element): boolean {
    // What the act before this one did to the page may have changed it.
    this.#bits.clear()
    const bits = this.#of(element)
    if (bits & PRIVATE) return true
    const kind = element.localName
    if (kind === "input" && BUTTONS.has(typeOf(element))) return false
    if (!isField(element) && !(bits & (EDITED | CHOICE | SECRET))) return false
    return !isShown(bits)
  }

  address(url: string): string {
    return addressOf(url, document.baseURI) ?? ""
  }

  title(title: string): string {
    const element = document.querySelector("title") ?? document.documentElement
    return this.#of(element) & PRIVATE ? masked(title) : title
  }

  #input(input: HTMLInputElement, shown: boolean, bits: number): More {
    const { value } = input
    const type = typeOf(input)
    if (type === "checkbox" || type === "radio") {
      return shown ? { checked: input.checked, indeterminate: input.indeterminate } : { masked: true }
    }
    if (type === "file") return shown ? {} : { masked: true }
    if (type === "image" || (type === "hidden" && !shown)) return {}
    if (shown) return { value }
    if (BUTTONS.has(type)) return value === "" ? {} : { value: masked(value) }
    return TYPED.has(type) ? { value: hidden(value, bits), masked: true } : { masked: true }
  }

  #valueAttribute(element: Element, value: string, shown: boolean, bits: number): string | null {
    const kind = element.localName
    if (shown) return value
    // Drawn for everybody to see, as the text around them is.
    if ((kind === "progress" || kind === "meter" || kind === "li") && !(bits & PRIVATE)) return value
    if (kind !== "input") return null
    const type = typeOf(element)
    return TYPED.has(type) || BUTTONS.has(type) ? hidden(value, bits) : null
  }

  #of(element: Element): number {
    if (this.#bits.size === 0) queueMicrotask(() => this.#bits.clear())
    const way: Element[] = []
    let at: Element | null = element
    let bits: number | undefined
    while (at && bits === undefined) {
      bits = this.#bits.get(at)
      if (bits !== undefined) break
      way.push(at)
      at = upOf(at)
    }
    bits ??= element.ownerDocument.designMode === "on" ? EDITED : 0
    for (const one of way.reverse()) {
      bits = this.#own(one, bits)
      this.#bits.set(one, bits)
    }
    return bits
  }

  #own(element: Element, above: number): number {
    let bits = above
    const fits = (selector: string) => element.matches(selector)
    if (!(bits & PRIVATE) && this.#private.some(fits)) bits |= PRIVATE
    if (!(bits & SHOWN) && this.#shown.some(fits)) bits |= SHOWN
    const edited = element.getAttribute("contenteditable")
    if (edited !== null) bits = edited.toLowerCase() === "false" ? bits & ~EDITED : bits | EDITED
    if (this.#secrets.has(element)) bits |= SECRET
    if (OPTIONS.has(element.localName) || element.localName === "selectedcontent") bits |= CHOICE
    // Shown where the slot is, so as private as that place.
    const slot = element.assignedSlot
    return slot ? bits | (this.#of(slot) & PRIVATE) : bits
  }
}

/** What it stands in: a parent, a shadow root's host, a document's frame of the same origin. */
function upOf(element: Element): Element | null {
  if (element.parentElement) return element.parentElement
  const root = element.parentNode
  if (root && "host" in root) return root.host as Element
  try {
    return element.ownerDocument.documentElement === element
      ? (element.ownerDocument.defaultView?.frameElement ?? null)
      : null
  } catch {
    return null
  }
}

/** Whether what stands there is not to be read. */
function isClosed(bits: number): boolean {
  return (bits & (PRIVATE | SECRET)) !== 0 || ((bits & (EDITED | CHOICE)) !== 0 && !(bits & SHOWN))
}

/** Whether a rule of the site shows what is hidden by itself. */
function isShown(bits: number): boolean {
  return (bits & (SHOWN | PRIVATE | SECRET)) === SHOWN
}

function typeOf(element: Element): string {
  return (element as HTMLInputElement).type ?? ""
}

function isField(element: Element): boolean {
  const kind = element.localName
  return kind === "input" || kind === "textarea" || OPTIONS.has(kind)
}

function harmlessMeta(element: Element): boolean {
  return METAS.has((element.getAttribute("name") ?? "").toLowerCase())
}

function isHarmless(element: Element, key: string, value: string): boolean {
  if (HARMLESS.has(value) || value === "") return true
  if (STATES.has(key)) return /^-?\d{1,6}$/.test(value)
  if (key.startsWith("data-") || key.startsWith("aria-")) return false
  if (element.namespaceURI !== HTML) return DRAWN.has(key)
  return LOOKS.has(key) && /^[\w-]{1,24}$/.test(value)
}

function parses(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector)
    return selector.trim() !== ""
  } catch {
    console.warn(`Deskside: not a selector: ${selector}`)
    return false
  }
}

/** Every sign is a dot; what is between the words stays, so that lines break alike. */
export function masked(text: string): string {
  return text.replace(/\S/gu, "•")
}

function hidden(value: string, bits: number): string {
  return bits & SECRET ? dots(value) : masked(value)
}

/** Not even how long it is. */
function dots(text: string): string {
  return text === "" ? "" : "••••••••"
}
