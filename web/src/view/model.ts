import type { Event, Init, More, Node, Root } from "../page/format"
import { Malformed } from "../page/read"

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

  /** Throws `Malformed` for what cannot be. */
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
        this.#place(
          event[1],
          event[2],
          event[3].map((node) => this.#build(node)),
        )
        break
      case "move":
        this.#place(event[1], event[2], this.#taken(event[1], event[3]))
        break
      case "order":
        this.#place(event[1], 0, this.#taken(event[1], event[2]))
        break
      case "gone":
        for (const id of event[1]) this.#remove(this.#must(id))
        break
      case "text":
        this.#must(event[1]).text = event[2]
        break
      case "splice": {
        const item = this.#must(event[1])
        const [, , start, remove, insert] = event
        if (start > item.text.length) throw new Malformed("splice beyond the end")
        item.text = item.text.slice(0, start) + insert + item.text.slice(start + remove)
        break
      }
      case "attr": {
        const item = this.#must(event[1])
        item.attributes ??= new Map()
        for (const [name, value] of Object.entries(event[2])) {
          if (value === null) item.attributes.delete(name)
          else item.attributes.set(name, value)
        }
        break
      }
      case "more":
        this.#more(this.#must(event[1]), event[2])
        break
      case "root":
        this.#attach(this.#must(event[1]), event[2], event[3])
        break
      case "css":
        this.#more(this.#must(event[1]), { css: event[2] })
        break
      case "sheet":
        this.#sheets.set(event[1], event[2])
        break
      case "sheets":
        this.#must(event[1]).sheets = event[2]
        break
      default:
        this.#state(event)
    }
  }

  #state(event: Event): void {
    const init = this.#init
    if (!init) return
    if (event[0] === "scroll") {
      const [, id, x, y] = event
      if (id === 0) init.scroll = [x, y]
      else this.#more(this.#must(id), { scroll: [x, y] })
    } else if (event[0] === "size") [init.width, init.height] = [event[1], event[2]]
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

  #must(id: number): Item {
    const item = id === 0 ? this.#root : this.#items.get(id)
    if (!item) throw new Malformed(`no node ${id}`)
    return item
  }

  #know(item: Item): Item {
    if (this.#items.has(item.id)) throw new Malformed(`node ${item.id} again`)
    this.#items.set(item.id, item)
    return item
  }

  #build(node: Node): Item {
    if (node[1] === 3) return this.#know({ ...empty(node[0], ""), text: node[2] })
    const [id, , tag, attributes, children, more] = node
    const item = this.#know(empty(id, tag))
    if (attributes !== 0) item.attributes = new Map(Object.entries(attributes))
    if (children !== 0) item.children = children.map((child) => this.#child(child, item))
    if (more) this.#more(item, more)
    return item
  }

  #child(node: Node, parent: Item): Item {
    const item = this.#build(node)
    item.parent = parent
    return item
  }

  #rootOf(root: Root, host: Item | null): Item {
    const item = this.#know({ ...empty(root.id, "#"), parent: host })
    item.sheets = root.sheets ?? []
    item.quirks = root.quirks === true
    item.children = root.children.map((child) => this.#child(child, item))
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

  #taken(parent: number, ids: readonly number[]): Item[] {
    const items = ids.map((id) => this.#must(id))
    for (let at: Item | null = this.#must(parent); at; at = at.parent) {
      if (items.includes(at)) throw new Malformed("a node in itself")
    }
    const going = new Set(items)
    for (const from of new Set(items.map((item) => item.parent))) {
      if (from) from.children = from.children.filter((child) => !going.has(child))
    }
    return items
  }

  #place(parent: number, next: number, items: Item[]): void {
    const to = this.#must(parent)
    const at = next === 0 ? to.children.length : to.children.indexOf(this.#must(next))
    if (at < 0) throw new Malformed("no such place")
    for (const item of items) item.parent = to
    if (at === to.children.length) for (const item of items) to.children.push(item)
    else to.children = [...to.children.slice(0, at), ...items, ...to.children.slice(at)]
  }

  #remove(item: Item): void {
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

function empty(id: number, tag: string): Item {
  return {
    id,
    tag,
    text: "",
    attributes: null,
    children: [],
    parent: null,
    more: null,
    shadow: null,
    doc: null,
    sheets: [],
    quirks: false,
  }
}
