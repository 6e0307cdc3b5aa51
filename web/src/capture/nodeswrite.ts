import { ASSET, type Attributes, type Event, type More, type Node as Sent } from "../page/format"
import { documentOf, type Frames } from "./frames"
import type { Entry, Registry } from "./nodes"
import type { Assets, Emit, Masker } from "./parts"
import type { State } from "./state"
import { isSheet, type Styles } from "./styles"

const HTML = "http://www.w3.org/1999/xhtml"
const SVG = "http://www.w3.org/2000/svg"
const MATH = "http://www.w3.org/1998/Math/MathML"

/** What is in these is their state, is never shown, or is for browsers that do not know them. */
const CLOSED = new Set([
  ...["script", "style", "noscript", "template", "textarea", "title", "canvas", "iframe", "frame", "embed"],
  ...["video", "audio", "noframes", "noembed"],
])
/** These are never scrolled, and there are many of them. */
const FLAT = new Set([
  ...["tr", "td", "th", "a", "b", "i", "em", "strong", "br", "img", "option", "label", "p", "svg", "path", "g", "use"],
  ...["link", "style", "script", "meta", "title", "head", "input", "button", "hr", "small", "code"],
])
/** A box stands for them in any case, or until a picture has come. */
const ALWAYS_SIZED = new Set(["object", "embed", "canvas"])
const LOADED = new Set(["img", "video"])
const ADDRESSES = new Set(["src", "href", "xlink:href", "poster", "background", "data", "srcset", "sizes", "style"])
/** UTF-16 units of an attribute or text that count as a node. */
const UNITS = 128
const LONGEST = 1 << 20
/** Attributes of one element. */
const MOST = 500
/** Of an attribute's name. */
export const LONGEST_NAME = 200
const NAME = /^[a-zA-Z][a-zA-Z0-9._-]{0,150}$/
/** Elements in elements; browsers' own parser makes no more than 512. */
const DEEPEST = 450

export type RootWriter = (node: Document | ShadowRoot, host: Entry, depth: number) => NonNullable<More["shadow"]>

/** Turns nodes into what is sent of them: all of it masked, its addresses replaced. */
export class Writer {
  cost = 0
  /** The document's root and shadow roots are the engine's affair. */
  root: RootWriter = () => ({ id: 0, children: [] })

  constructor(
    readonly registry: Registry,
    readonly masker: Masker,
    readonly assets: Assets,
    readonly emit: Emit,
    readonly exclude: (element: Element) => boolean,
    readonly styles: Styles,
    readonly frames: Frames,
    readonly state: State,
  ) {}

  captures(node: Node): boolean {
    return node.nodeType === 3 || (node.nodeType === 1 && !this.exclude(node as Element))
  }

  text(entry: Entry): Sent {
    entry.text = this.textOf(entry.node as Text)
    this.cost += entry.text.length / UNITS
    return [entry.id, 3, entry.text]
  }

  textOf(node: Text): string {
    const { parentNode } = node
    const parent = parentNode?.nodeType === 1 ? parentNode : ((parentNode as ShadowRoot | null)?.host ?? null)
    const { data } = node
    // Spaces between elements tell nothing.
    if (parent === null || data.trim() === "") return data
    return this.masker.text(data.length > LONGEST ? data.slice(0, LONGEST) : data, parent as Element)
  }

  /** Whether more, or less, of it is masked than when it was sent. */
  differs(entry: Entry): boolean {
    const { element } = entry
    return this.levelOf(element) !== entry.level || this.masker.shows(element) !== entry.shown
  }

  levelOf(element: Element): number {
    if (this.masker.hides(element)) return 2
    return this.masker.text("a", element) === "a" ? 0 : 1
  }

  enter(entry: Entry): void {
    const { element } = entry
    entry.level = this.levelOf(element)
    entry.shown = this.masker.shows(element)
    entry.closed = entry.level === 2 || CLOSED.has(element.localName) || entry.depth >= DEEPEST
  }

  element(entry: Entry, children: readonly Sent[] | 0, depth: number): Sent {
    const { element } = entry
    const attributes = this.attributes(entry)
    const more = this.#more(entry, element, attributes === 0 ? undefined : attributes.src, depth)
    const tag = tagOf(element)
    for (const _ in more) return [entry.id, 1, tag, attributes, children, more]
    return [entry.id, 1, tag, attributes, children]
  }

  attributes(entry: Entry): Attributes | 0 {
    const { element } = entry
    const { attributes } = element
    if (attributes.length === 0 && element.localName !== "img") return 0
    const all: Record<string, string> = {}
    let count = 0
    for (let i = 0; i < attributes.length && count < MOST; i++) {
      const { name, value } = attributes[i] as Attr
      const sent = this.attribute(entry, name, value)
      if (sent === null) continue
      all[name] = sent
      count++
      this.cost += sent.length / UNITS
    }
    if (element.localName === "img" && !element.hasAttribute("src") && (element as HTMLImageElement).currentSrc) {
      const src = this.attribute(entry, "src", "")
      if (src !== null) all.src = src
      count++
    }
    return count > 0 ? all : 0
  }

  attribute(entry: Entry, name: string, value: string): string | null {
    const { element } = entry
    if (name.length > LONGEST_NAME) return null
    if (entry.level === 2 && name !== "class" && name !== "id" && name !== "style") return null
    if (ADDRESSES.has(name)) return this.#address(entry, element, name, value)
    if (value.length > LONGEST) return null
    return this.masker.attribute(element, name, value)
  }

  #address(entry: Entry, element: Element, name: string, value: string): string | null {
    if (name === "style") {
      if (entry.level > 0 || !/url\(|image-set|src\(|\\/i.test(value))
        return this.masker.attribute(element, name, value)
      return this.assets.css(value, element.baseURI, (better) => this.#later(entry, name, value, better))
    }
    const kind = element.localName
    if (name === "srcset" || name === "sizes") return null
    if (name === "href" || name === "xlink:href") {
      if (kind !== "image" && kind !== "feImage") return this.masker.attribute(element, name, value)
    } else if (name === "src" && (kind === "iframe" || kind === "frame" || kind === "script" || kind === "source")) {
      return null
    } else if (name === "data") return null
    // What the browser chose of several.
    const chosen = (name === "src" && (element as HTMLImageElement | HTMLMediaElement).currentSrc) || value
    return this.#asset(entry, element, name, chosen, value)
  }

  #asset(entry: Entry, element: Element, name: string, chosen: string, value: string): string | null {
    if (entry.level > 0) return null
    let url: string
    try {
      url = new URL(chosen, element.baseURI).href
    } catch {
      return null
    }
    const media = name === "src" && (element.localName === "video" || element.localName === "audio")
    return this.assets.get(url, media ? "media" : "image", (address) => this.#later(entry, name, value, address))
  }

  #later(entry: Entry, name: string, value: string, better: string | null): void {
    if (!this.registry.has(entry) || (entry.element.getAttribute(name) ?? "") !== value) return
    if (better === null) this.emit(["more", entry.id, { size: sizeOf(entry.element) }])
    else this.emit(["attr", entry.id, { [name]: better }])
  }

  /** The browser has chosen another picture. */
  chosen(entry: Entry): Event | null {
    const value = entry.element.getAttribute("src") ?? ""
    const { currentSrc } = entry.node as HTMLImageElement
    if (!currentSrc) return null
    const src = this.#asset(entry, entry.element, "src", currentSrc, value)
    return src === null ? null : ["attr", entry.id, { src }]
  }

  #more(entry: Entry, element: Element, src: string | undefined, depth: number): More {
    const kind = element.localName
    const more: More = this.masker.field(element)
    if (entry.level === 2 || ALWAYS_SIZED.has(kind) || (LOADED.has(kind) && !ready(src))) more.size = sizeOf(element)
    if (entry.level === 2) return more
    if (element.namespaceURI !== HTML) {
      if (kind === "style") this.#css(entry, more)
      return more
    }
    if (kind === "style" || isSheet(element)) this.#css(entry, more)
    if (kind === "dialog" || (element as HTMLElement).popover) {
      const top = topOf(element)
      if (top) more.top = top
    }
    this.state.enter(entry, element, kind, more)
    const { shadowRoot } = element
    if (shadowRoot) more.shadow = this.root(shadowRoot, entry, depth)
    if (kind === "iframe" || kind === "frame") this.#frame(entry, element, more, depth)
    if (!FLAT.has(kind)) {
      const { scrollLeft, scrollTop } = element
      if (scrollLeft !== 0 || scrollTop !== 0) {
        const { documentElement, scrollingElement } = element.ownerDocument
        // The window's is told with the document.
        if (element !== documentElement && element !== scrollingElement) more.scroll = [scrollLeft, scrollTop]
      }
    }
    return more
  }

  #css(entry: Entry, more: More): void {
    const css = this.styles.css(entry)
    if (css === undefined) return
    more.css = css
    this.cost += css.length / UNITS / 8
  }

  #frame(entry: Entry, element: Element, more: More, depth: number): void {
    this.frames.add(entry)
    const inner = documentOf(element)
    if (inner) more.doc = this.root(inner, entry, depth)
  }
}

function ready(address: string | undefined): boolean {
  return address?.startsWith(ASSET) || address?.startsWith("data:") || false
}

/** Of its box, in CSS pixels, whatever its transforms. */
export function sizeOf(element: Element): [number, number] {
  const { offsetWidth, offsetHeight } = element as HTMLElement
  if (offsetWidth !== undefined) return [offsetWidth, offsetHeight]
  const { width, height } = element.getBoundingClientRect()
  return [Math.round(width), Math.round(height)]
}

export function topOf(element: Element): "modal" | "popover" | null {
  if (element.localName === "dialog" && element.matches(":modal")) return "modal"
  return element.matches(":popover-open") ? "popover" : null
}

/** As it may be said: pages have elements of any name. */
function tagOf(element: Element): string {
  const { namespaceURI, localName } = element
  const name = NAME.test(localName) ? localName : "span"
  if (namespaceURI === HTML) return name
  return namespaceURI === SVG ? `svg:${name}` : namespaceURI === MATH ? `math:${name}` : name
}
