import type { Attributes, Event, More, Root, Node as Sent } from "../page/format"
import { create, setAttribute, type Urls } from "./allow"
import { adapted, HOVER, inScheme, Sheets } from "./styles"
import { Frames } from "./treeframes"
import { Mores } from "./treemore"
import { Mover } from "./treemove"
import { type Job, Waiting } from "./treewaiting"

export interface AssetUrls {
  /** null: not there yet; asking makes it wanted. */
  url(hash: string): string | null
}

/**
 * Builds the customer's page in a frame without scripts, and keeps it as the events say. Nothing gets into it but by the
 * allow-list. What does not fit is left out and counted: it never throws.
 */
export class Tree {
  /** Events, or parts of them, that did not fit. */
  lost = 0
  readonly #frame: HTMLIFrameElement
  readonly #url: Urls
  readonly #nodes = new Map<number, Node>()
  #ids = new WeakMap<Node, number>()
  #tags = new WeakMap<Node, string>()
  readonly #waiting = new Waiting((id) => id < 0 || this.#nodes.has(id))
  #asking: Job | null = null
  readonly #mores = new Mores()
  readonly #sheets = new Sheets((number, css) => this.#asked(-number, () => this.#sheets.refresh(number), css))
  readonly #frames: Frames
  readonly #mover: Mover
  /** For when what was built stands in its document. */
  #after: (() => void)[] = []
  #hovered: Element[] = []
  #dark = false

  constructor(frame: HTMLIFrameElement, assets: AssetUrls) {
    this.#frame = frame
    this.#url = (hash) => {
      const found = assets.url(hash)
      if (found === null && this.#asking) this.#waiting.add(hash, this.#asking)
      return found
    }
    this.#frames = new Frames((from, to) => {
      this.#know(this.#ids.get(from) ?? 0, to, "")
      this.#sheets.again(from, to)
    })
    this.#mover = new Mover(this.#frames)
  }

  get document(): Document {
    return this.#frame.contentDocument as Document
  }

  /** 0: the outermost element. */
  nodeOf(id: number): Node | null {
    return id === 0 ? this.document.documentElement : (this.#nodes.get(id) ?? null)
  }

  /** 0 for none of the page. */
  idOf(node: Node): number {
    return this.#ids.get(node) ?? 0
  }

  /** These have addresses now. */
  fresh(hashes: ReadonlySet<string>): void {
    this.#waiting.came(hashes)
  }

  clear(): void {
    this.#nodes.clear()
    this.#ids = new WeakMap()
    this.#tags = new WeakMap()
    this.#waiting.clear()
    this.#sheets.clear()
    this.#mores.clear()
    this.#mover.clear()
    this.#frames.clear()
    this.#hovered = []
    this.#frames.open(this.document, false)
  }

  /** Show what is over this as under a cursor; 0: nothing. */
  hover(id: number): void {
    const node = id === 0 ? null : (this.#nodes.get(id) ?? null)
    const over: Element[] = []
    for (let at = node; at; at = at.parentNode ?? (at as ShadowRoot).host ?? null) {
      if (at.nodeType === 1) over.push(at as Element)
    }
    for (const element of this.#hovered) if (!over.includes(element)) element.removeAttribute(HOVER)
    for (const element of over) if (!element.hasAttribute(HOVER)) element.setAttribute(HOVER, "")
    this.#hovered = over
  }

  apply(event: Event): void {
    try {
      this.#apply(event)
    } catch {
      this.lost++
    }
    for (let todo = this.#after; todo.length > 0; todo = this.#after) {
      this.#after = []
      for (const one of todo) one()
    }
  }

  #apply(event: Event): void {
    switch (event[0]) {
      case "init":
        this.#init(event[1].root, event[1].dark, event[1].scroll)
        break
      case "add":
        this.#add(event[1], event[2], event[3])
        break
      case "move":
        this.#move(event[1], event[2], event[3])
        break
      case "order": {
        const parent = this.#nodes.get(event[1])
        const nodes = event[2].map((id) => this.#nodes.get(id)).filter((node) => node?.parentNode === parent)
        if (!parent || nodes.length < event[2].length) this.lost++
        if (parent) this.#mover.order(parent, nodes as ChildNode[])
        return
      }
      case "gone":
        for (const id of event[1]) this.#gone(id)
        return
      case "text":
        this.#text(event[1], (text) => {
          text.data = event[2]
        })
        break
      case "splice":
        this.#text(event[1], (text) => text.replaceData(event[2], event[3], event[4]))
        break
      case "attr":
        this.#with(event[1], (element) => this.#attributes(element, event[2]))
        break
      case "more":
        this.#with(event[1], (element) => this.#more(element, event[2]))
        break
      case "css":
        this.#with(event[1], (element) => this.#css(element, event[2]))
        break
      case "root":
        this.#with(event[1], (element) => this.#more(element, { [event[2]]: event[3] }))
        break
      case "sheet":
        this.#sheets.set(event[1], event[2])
        break
      case "sheets": {
        const root = this.#nodes.get(event[1])
        if (root?.nodeType === 9 || root?.nodeType === 11) this.#sheets.adopt(root as Document, event[2])
        else this.lost++
        return
      }
      case "scroll": {
        const node = this.#nodes.get(event[1])
        if (node) this.#mover.scroll(node, event[2], event[3])
        else this.lost++
      }
    }
  }

  #init(root: Root, dark: boolean, scroll: readonly [number, number]): void {
    this.clear()
    this.#dark = dark
    this.#frame.style.colorScheme = dark ? "dark" : "light"
    this.#frames.open(this.document, root.quirks !== true)
    this.#root(this.document, root)
    this.#mover.scroll(this.document, scroll[0], scroll[1])
  }

  #root(at: Document | ShadowRoot, root: Root): void {
    this.#know(root.id, at, "")
    if (root.sheets) this.#sheets.adopt(at, root.sheets)
    for (const node of root.children) this.#build(node, at)
  }

  #add(id: number, before: number, nodes: readonly Sent[]): void {
    const parent = this.#nodes.get(id)
    if (!parent || isClosed(parent)) {
      this.lost++
      return
    }
    let next = before === 0 ? null : (this.#nodes.get(before) ?? null)
    if (before !== 0 && next?.parentNode !== parent) {
      this.lost++
      next = null
    }
    const had = this.#nodes.size
    if (parent.nodeType === 9) for (const node of nodes) this.#build(node, parent)
    else {
      // Built aside, so that the document changes once.
      const aside = (parent.ownerDocument as Document).createDocumentFragment()
      for (const node of nodes) this.#build(node, aside)
      parent.insertBefore(aside, next)
    }
    this.#mover.built(parent, this.#nodes.size - had)
    this.#mover.grown()
  }

  #move(id: number, before: number, ids: readonly number[]): void {
    const parent = this.#nodes.get(id)
    const next = before === 0 ? null : (this.#nodes.get(before) ?? null)
    if (!parent || isClosed(parent) || (before !== 0 && next?.parentNode !== parent)) {
      this.lost++
      return
    }
    const nodes: ChildNode[] = []
    for (const one of ids) {
      const node = this.#nodes.get(one)
      if (node && (node.nodeType === 1 || node.nodeType === 3) && !holds(node, parent)) nodes.push(node as ChildNode)
      else this.lost++
    }
    const moved = this.#mores.moving(nodes)
    this.#mover.move(parent, next, nodes)
    moved?.()
  }

  #gone(id: number): void {
    const node = this.#nodes.get(id)
    if (!node || node.nodeType === 9 || node.nodeType === 11) {
      this.lost++
      return
    }
    this.#forget(node)
    ;(node as ChildNode).remove()
  }

  #forget(node: Node): void {
    const open = [node]
    for (let one = open.pop(); one; one = open.pop()) {
      const id = this.#ids.get(one)
      if (id !== undefined && this.#nodes.get(id) === one) this.#nodes.delete(id)
      if (one.nodeType === 3) continue
      if (one.nodeType !== 1) this.#sheets.drop(one as Document)
      const { shadowRoot, localName } = one as Element
      if (shadowRoot) open.push(shadowRoot)
      this.#mover.forget(one)
      if (localName === "iframe") {
        const inner = this.#frames.forget(one as HTMLIFrameElement)
        if (inner) open.push(inner)
      }
      for (let child = one.firstChild; child; child = child.nextSibling) open.push(child)
    }
  }

  #text(id: number, change: (text: Text) => void): void {
    const node = this.#nodes.get(id)
    if (node?.nodeType === 3) change(node as Text)
    else this.lost++
  }

  #with(id: number, change: (element: Element) => void): void {
    const node = this.#nodes.get(id)
    if (node?.nodeType === 1) change(node as Element)
    else this.lost++
  }

  #know(id: number, node: Node, tag: string): void {
    this.#nodes.set(id, node)
    this.#ids.set(node, id)
    if (tag !== "") this.#tags.set(node, tag)
  }

  #build(sent: Sent, into: Node): void {
    const doc = (into.ownerDocument ?? into) as Document
    if (this.#nodes.has(sent[0])) {
      this.lost++
      return
    }
    if (sent[1] === 3) {
      const text = doc.createTextNode(sent[2])
      this.#know(sent[0], text, "")
      into.appendChild(text)
      return
    }
    const [id, , tag, attributes, children, more] = sent
    const element = create(doc, tag)
    this.#know(id, element, tag)
    if (attributes !== 0) this.#attributes(element, attributes)
    const open = element.localName !== "style" && children !== 0
    if (open) for (const child of children) this.#build(child, element)
    if (more) this.#more(element, more)
    into.appendChild(element)
  }

  #attributes(element: Element, attributes: Attributes | Readonly<Record<string, string | null>>): void {
    const tag = this.#tags.get(element) ?? ""
    for (const [name, value] of Object.entries(attributes)) {
      const set = () => {
        const kept = value !== null && name === "media" ? inScheme(value, this.#dark) : value
        setAttribute(element, tag, name, kept, this.#url)
        if (name === "style") this.#mores.styled(element)
      }
      this.#asking = { id: this.#ids.get(element) ?? 0, set }
      set()
    }
    this.#asking = null
  }

  #more(element: Element, more: More): void {
    const { shadow, doc, css, scroll, top, picture } = more
    this.#mores.fill(element, more)
    if (shadow) {
      const root = element.shadowRoot ?? element.attachShadow({ mode: "open" })
      this.#root(root, shadow)
    }
    if (css !== undefined) this.#css(element, css)
    if (picture !== undefined) this.#picture(element, picture.replace("asset:", ""))
    if (doc && element.localName === "iframe") this.#after.push(() => this.#document(element as HTMLIFrameElement, doc))
    if (scroll) this.#after.push(() => this.#mover.scroll(element, scroll[0], scroll[1]))
    if (top) this.#after.push(() => this.#mores.top(element, top))
  }

  #document(frame: HTMLIFrameElement, root: Root): void {
    const old = this.#frames.forget(frame)
    if (old) this.#forget(old)
    const made = this.#frames.begin(frame, root.quirks !== true)
    if (made) this.#root(made, root)
    else this.lost++
  }

  #picture(element: Element, hash: string): void {
    const set = () => this.#mores.draw(element, this.#url(hash))
    this.#asking = { id: this.#ids.get(element) ?? 0, set }
    set()
    this.#asking = null
  }

  #css(element: Element, css: string): void {
    if (element.localName !== "style") return
    const id = this.#ids.get(element) ?? 0
    const set = () => {
      element.textContent = this.#asked(id, set, css)
    }
    set()
    this.#mover.grown()
  }

  /** CSS as it may be set; `again` when an asset of it has come. */
  #asked(id: number, set: () => void, css: string): string {
    this.#asking = { id, set }
    const text = adapted(css, this.#dark, this.#url)
    this.#asking = null
    return text
  }
}

/** Nothing is put into it: a text holds none, and the text of a sheet would be CSS that nobody has cleaned. */
function isClosed(node: Node): boolean {
  return node.nodeType === 3 || (node as Element).localName === "style"
}

/** Whether the one is, or is in, the other, through shadow roots. */
function holds(node: Node, inner: Node): boolean {
  for (let at: Node | null = inner; at; at = at.parentNode ?? (at as ShadowRoot).host ?? null)
    if (at === node) return true
  return false
}
