import type { Attributes, Event, More, Root, Node as Sent } from "../page/format"
import { cleanCss, create, setAttribute, type Urls } from "./allow"

export interface AssetUrls {
  /** null: not there yet; asking makes it wanted. */
  url(hash: string): string | null
}

/** Builds the customer's page in a frame without scripts, and keeps it as the events say. */
export class Tree {
  readonly #frame: HTMLIFrameElement
  readonly #url: Urls
  readonly #nodes = new Map<number, Node>()
  readonly #ids = new WeakMap<Node, number>()
  readonly #tags = new WeakMap<Node, string>()
  /** What has to be set again when an asset comes. */
  readonly #again = new Map<string, Set<() => void>>()
  #asking: (() => void) | null = null

  constructor(frame: HTMLIFrameElement, assets: AssetUrls) {
    this.#frame = frame
    this.#url = (hash) => {
      const found = assets.url(hash)
      if (found === null && this.#asking) {
        const set = this.#again.get(hash) ?? new Set()
        this.#again.set(hash, set.add(this.#asking))
      }
      return found
    }
  }

  get document(): Document {
    return this.#frame.contentDocument as Document
  }

  nodeOf(id: number): Node | null {
    return id === 0 ? this.document.documentElement : (this.#nodes.get(id) ?? null)
  }

  idOf(node: Node): number {
    return this.#ids.get(node) ?? 0
  }

  fresh(hashes: ReadonlySet<string>): void {
    for (const hash of hashes) {
      const waiting = this.#again.get(hash)
      this.#again.delete(hash)
      for (const again of waiting ?? []) again()
    }
  }

  clear(): void {
    this.#nodes.clear()
    this.#again.clear()
    this.document.open()
    this.document.close()
  }

  apply(event: Event): void {
    switch (event[0]) {
      case "init":
        this.clear()
        this.#root(this.document, event[1].root)
        return
      case "add": {
        const parent = this.#must(event[1])
        const next = event[2] === 0 ? null : this.#must(event[2])
        for (const node of event[3]) parent.insertBefore(this.#build(node, parent), next)
        return
      }
      case "move": {
        const parent = this.#must(event[1])
        const next = event[2] === 0 ? null : this.#must(event[2])
        for (const id of event[3]) parent.insertBefore(this.#must(id), next)
        return
      }
      case "order":
        for (const id of event[2]) this.#must(event[1]).appendChild(this.#must(id))
        return
      case "gone":
        for (const id of event[1]) {
          const node = this.#must(id)
          ;(node as ChildNode).remove()
          this.#nodes.delete(id)
        }
        return
      case "text":
        this.#must(event[1]).nodeValue = event[2]
        return
      case "splice": {
        const node = this.#must(event[1]) as Text
        node.replaceData(event[2], event[3], event[4])
        return
      }
      case "attr":
        this.#attributes(this.#must(event[1]) as Element, event[2])
        return
      case "more":
        this.#more(this.#must(event[1]) as Element, event[2])
        return
      case "css":
        this.#more(this.#must(event[1]) as Element, { css: event[2] })
        return
      case "scroll":
        ;(this.#must(event[1]) as Element).scrollTo({ left: event[2], top: event[3], behavior: "instant" })
    }
  }

  #must(id: number): Node {
    const node = this.nodeOf(id)
    if (!node) throw new Error(`no node ${id}`)
    return node
  }

  #root(at: Document | ShadowRoot, root: Root): void {
    this.#know(root.id, at, "")
    if (at.nodeType === 9) {
      const doc = at as Document
      doc.open()
      if (!root.quirks) doc.write("<!doctype html>")
      doc.close()
      doc.documentElement?.remove()
    }
    for (const node of root.children) at.appendChild(this.#build(node, at))
  }

  #know(id: number, node: Node, tag: string): void {
    if (this.#nodes.has(id)) throw new Error(`node ${id} again`)
    this.#nodes.set(id, node)
    this.#ids.set(node, id)
    this.#tags.set(node, tag)
  }

  #build(sent: Sent, parent: Node): Node {
    const doc = (parent.ownerDocument ?? parent) as Document
    if (sent[1] === 3) {
      const inSheet = (parent as Element).localName === "style"
      const text = doc.createTextNode(inSheet ? "" : sent[2])
      this.#know(sent[0], text, "")
      return text
    }
    const [id, , tag, attributes, children, more] = sent
    const element = create(doc, tag)
    this.#know(id, element, tag)
    if (attributes !== 0) this.#attributes(element, attributes)
    if (children !== 0) for (const child of children) element.appendChild(this.#build(child, element))
    if (more) queueMicrotask(() => this.#more(element, more))
    return element
  }

  #attributes(element: Element, attributes: Attributes | Readonly<Record<string, string | null>>): void {
    const tag = this.#tags.get(element) ?? ""
    for (const [name, value] of Object.entries(attributes)) {
      const set = () => setAttribute(element, tag, name, value, this.#url)
      this.#asking = set
      set()
    }
    this.#asking = null
  }

  #more(element: Element, more: More): void {
    if (more.shadow) this.#root(element.attachShadow({ mode: "open" }), more.shadow)
    const inner = (element as HTMLIFrameElement).contentDocument
    if (more.doc && inner) this.#root(inner, more.doc)
    if (more.css !== undefined && element.localName === "style") {
      const css = more.css
      const set = () => {
        element.textContent = cleanCss(css, this.#url)
      }
      this.#asking = set
      set()
      this.#asking = null
    }
    if (more.value !== undefined && "value" in element) element.value = more.value
    if (more.checked !== undefined) (element as HTMLInputElement).checked = more.checked
    if (more.picture) {
      const hash = more.picture.replace("asset:", "")
      const set = () => {
        const found = this.#url(hash)
        if (found) (element as HTMLElement).style.setProperty("content", `url("${found}")`)
      }
      this.#asking = set
      set()
      this.#asking = null
    }
    if (more.scroll) element.scrollTo({ left: more.scroll[0], top: more.scroll[1], behavior: "instant" })
  }
}
