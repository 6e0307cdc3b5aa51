import type { Event, Init, More, Node, Root } from "../page/format"

interface Item {
  readonly id: number
  /** "" for a text; "#" for a document or shadow root. */
  readonly tag: string
  text: string
  attributes: Map<string, string> | null
  children: Item[]
  parent: Item | null
  more: More | null
  shadow: Item | null
  doc: Item | null
  /** Of a document or shadow root. */
  sheets: readonly number[]
  quirks: boolean
}

/**
 * The page without a browser: what the events come to. From time to time it says all of it at once, so that a recording
 * can be entered there.
 */
export class Model {
  #items = new Map<number, Item>()
  #sheets = new Map<number, string>()
  #init: Init | null = null
  #root: Item | null = null
  #whole = false
  #cursor: Event = ["cursor", null]

  /** Elements, texts and roots. */
  get size(): number {
    return this.#items.size
  }

  clear(): void {
    this.#items.clear()
    this.#sheets.clear()
    this.#init = this.#root = null
    this.#whole = false
    this.#cursor = ["cursor", null]
  }

  /** What does not fit is left out, as in the view's document. */
  apply(event: Event): void {
    switch (event[0]) {
      case "init":
        this.clear()
        this.#init = { ...event[1] }
        this.#root = this.#rootOf(event[1].root, null)
        break
      case "whole":
        this.#whole = true
        break
      case "add":
        this.#add(event[1], event[2], event[3])
        break
      case "move":
        this.#move(event[1], event[2], event[3])
        break
      case "order": {
        const parent = this.#items.get(event[1])
        const ids = event[2].filter((id) => this.#items.get(id)?.parent === parent)
        if (parent) this.#move(event[1], 0, ids)
        break
      }
      case "gone":
        for (const id of event[1]) this.#gone(id)
        break
      case "sheet":
        this.#sheets.set(event[1], event[2])
        break
      default:
        this.#change(event)
        this.#state(event)
    }
  }

  /** Changes of one node. */
  #change(event: Event): void {
    const item = this.#items.get(Number(event[1]))
    if (!item) return
    if (event[0] === "text") item.text = event[2]
    else if (event[0] === "splice") {
      const [, , start, remove, insert] = event
      if (start <= item.text.length) item.text = item.text.slice(0, start) + insert + item.text.slice(start + remove)
    } else if (event[0] === "attr") {
      item.attributes ??= new Map()
      for (const [name, value] of Object.entries(event[2])) {
        if (value === null) item.attributes.delete(name)
        else item.attributes.set(name, value)
      }
    } else if (event[0] === "more") this.#more(item, event[2])
    else if (event[0] === "root") this.#attach(item, event[2], event[3])
    else if (event[0] === "css") this.#more(item, { css: event[2] })
    else if (event[0] === "sheets") item.sheets = event[2]
    else if (event[0] === "scroll") this.#more(item, { scroll: [event[2], event[3]] })
  }

  #state(event: Event): void {
    const init = this.#init
    if (!init) return
    if (event[0] === "scroll" && event[1] <= init.root.id) init.scroll = [event[2], event[3]]
    else if (event[0] === "size") [init.width, init.height] = [event[1], event[2]]
    else if (event[0] === "focus") init.focus = event[1]
    else if (event[0] === "title") init.title = event[1]
    else if (event[0] === "address") init.address = event[1]
    else if (event[0] === "cursor") this.#cursor = event
  }

  /** Events that build the page as it is now; empty when there is none. */
  say(): Event[] {
    if (!this.#init || !this.#root) return []
    const said: Event[] = [["init", { ...this.#init, root: this.#sayRoot(this.#root) }]]
    for (const [number, css] of this.#sheets) said.push(["sheet", number, css])
    for (const item of this.#items.values()) if (item.sheets.length > 0) said.push(["sheets", item.id, item.sheets])
    said.push(this.#cursor)
    if (this.#whole) said.push(["whole"])
    return said
  }

  #build(node: Node, parent: Item | null): Item[] {
    if (this.#items.has(node[0])) return []
    const item = empty(node[0], node[1] === 3 ? "" : node[2], parent)
    this.#items.set(item.id, item)
    if (node[1] === 3) {
      item.text = node[2]
      return [item]
    }
    const [, , , attributes, children, more] = node
    if (attributes !== 0) item.attributes = new Map(Object.entries(attributes))
    if (children !== 0) item.children = children.flatMap((child) => this.#build(child, item))
    if (more) this.#more(item, more)
    return [item]
  }

  #rootOf(root: Root, host: Item | null): Item {
    const item = empty(root.id, "#", host)
    this.#items.set(item.id, item)
    item.sheets = root.sheets ?? []
    item.quirks = root.quirks === true
    item.children = root.children.flatMap((child) => this.#build(child, item))
    return item
  }

  #more(item: Item, { shadow, doc, ...more }: More): void {
    if (Object.keys(more).length > 0) item.more = { ...item.more, ...more }
    if (shadow) this.#attach(item, "shadow", shadow)
    if (doc) this.#attach(item, "doc", doc)
  }

  #attach(host: Item, kind: "shadow" | "doc", root: Root): void {
    const former = host[kind]
    if (former) this.#forget(former)
    host[kind] = this.#rootOf(root, host)
  }

  #add(parent: number, next: number, nodes: readonly Node[]): void {
    const to = this.#items.get(parent)
    if (!to || to.tag === "") return
    const items = nodes.flatMap((node) => this.#build(node, to))
    const before = to.children.findIndex((child) => child.id === next)
    this.#insert(to, next === 0 || before < 0 ? to.children.length : before, items)
  }

  #move(parent: number, next: number, ids: readonly number[]): void {
    const to = this.#items.get(parent)
    const before = this.#items.get(next) ?? null
    if (!to || to.tag === "" || (next !== 0 && before?.parent !== to)) return
    const around = new Set<Item>()
    for (let at: Item | null = to; at; at = at.parent) around.add(at)
    const items = ids.flatMap((id) => this.#items.get(id) ?? []).filter((item) => item.tag !== "#" && !around.has(item))
    const going = new Set(items)
    // The one that they go before may be among them.
    let mark = before && going.has(before) ? to.children.indexOf(before) : -1
    while (mark >= 0 && mark < to.children.length && going.has(to.children[mark] as Item)) mark++
    const anchor = mark >= 0 ? (to.children[mark] ?? null) : before
    for (const from of new Set(items.map((item) => item.parent))) {
      if (from) from.children = from.children.filter((child) => !going.has(child))
    }
    for (const item of items) item.parent = to
    this.#insert(to, anchor ? to.children.indexOf(anchor) : to.children.length, items)
  }

  #insert(to: Item, at: number, items: readonly Item[]): void {
    if (at === to.children.length) for (const item of items) to.children.push(item)
    else to.children = [...to.children.slice(0, at), ...items, ...to.children.slice(at)]
  }

  #gone(id: number): void {
    const item = this.#items.get(id)
    if (!item || item.tag === "#") return
    if (item.parent) item.parent.children = item.parent.children.filter((child) => child !== item)
    this.#forget(item)
  }

  #forget(item: Item): void {
    const open = [item]
    for (let at = open.pop(); at; at = open.pop()) {
      this.#items.delete(at.id)
      for (const child of at.children) open.push(child)
      if (at.shadow) open.push(at.shadow)
      if (at.doc) open.push(at.doc)
    }
  }

  #say(item: Item): Node {
    if (item.tag === "") return [item.id, 3, item.text]
    const attributes = item.attributes ? Object.fromEntries(item.attributes) : 0
    const children = item.children.length > 0 ? item.children.map((child) => this.#say(child)) : 0
    const more: More = { ...item.more }
    if (item.shadow) more.shadow = this.#sayRoot(item.shadow)
    if (item.doc) more.doc = this.#sayRoot(item.doc)
    const bare = Object.keys(more).length === 0
    return bare ? [item.id, 1, item.tag, attributes, children] : [item.id, 1, item.tag, attributes, children, more]
  }

  /** Without its sheets, which come after. */
  #sayRoot(item: Item): Root {
    const root: Root = { id: item.id, children: item.children.map((child) => this.#say(child)) }
    return item.quirks ? { ...root, quirks: true } : root
  }
}

function empty(id: number, tag: string, parent: Item | null): Item {
  return {
    id,
    tag,
    text: "",
    attributes: null,
    children: [],
    parent,
    more: null,
    shadow: null,
    doc: null,
    sheets: [],
    quirks: false,
  }
}
