import type { Event, More, Node, Root } from "../page/format"

/** The events of a frame's document, in the numbers of the page around it. */
export class Renumber {
  #take: () => number
  #host: number
  #numbers = new Map<number, number>()
  #back = new Map<number, number>()
  #sheets = new Map<number, number>()
  /** By the frame's own numbers: what goes with a node. */
  #parents = new Map<number, number>()
  #kids = new Map<number, Set<number>>()
  /** Root of an element's shadow or document. */
  #roots = new Map<number, { shadow?: number; doc?: number }>()

  /** `host`: number of the frame's element. `take`: the next number of the page that is free. */
  constructor(host: number, take: () => number) {
    this.#host = host
    this.#take = take
  }

  /** Nodes that are known. */
  get size(): number {
    return this.#numbers.size
  }

  /** The frame's own number of a node; 0 for none of its nodes. */
  ownOf(number: number): number {
    return this.#back.get(number) ?? 0
  }

  /** Throws where it is nothing of the kind. */
  events(event: Event): Event[] {
    switch (event[0]) {
      case "init": {
        for (const map of [this.#numbers, this.#back, this.#sheets, this.#parents, this.#kids, this.#roots]) map.clear()
        const root = this.#root(event[1].root)
        const [x, y] = event[1].scroll
        const shown: Event = ["root", this.#host, "doc", root]
        return x || y ? [shown, ["scroll", root.id, x, y]] : [shown]
      }
      case "add": {
        const parent = this.#of(event[1])
        return parent ? [["add", parent, this.#of(event[2]), event[3].map((node) => this.#node(node, event[1]))]] : []
      }
      case "move":
        if (this.#of(event[1])) for (const id of event[3]) if (this.#of(id)) this.#into(id, event[1])
        return this.#known(event[1], (id) => ["move", id, this.#of(event[2]), this.#all(event[3])])
      case "order":
        return this.#known(event[1], (id) => ["order", id, this.#all(event[2])])
      case "gone":
        return this.#gone(event[1])
      case "text":
        return this.#known(event[1], (id) => ["text", id, event[2]])
      case "splice":
        return this.#known(event[1], (id) => ["splice", id, event[2], event[3], event[4]])
      case "attr":
        return this.#known(event[1], (id) => ["attr", id, event[2]])
      case "more":
        return this.#known(event[1], (id) => ["more", id, this.#more(event[2], event[1])])
      case "root":
        return this.#known(event[1], (id) => ["root", id, event[2], this.#root(event[3], event[1], event[2])])
      case "sheet":
        return [["sheet", this.#sheet(event[1]), event[2]]]
      case "sheets":
        return this.#known(event[1], (id) => ["sheets", id, event[2].map((one) => this.#sheet(one))])
      case "css":
        return this.#known(event[1], (id) => ["css", id, event[2]])
      case "scroll":
        return this.#known(event[1], (id) => ["scroll", id, event[2], event[3]])
      case "cursor": {
        const at = event[1]
        return at === null ? [event] : this.#known(at[0], (id) => ["cursor", [id, at[1], at[2]]])
      }
      case "focus":
        return this.#known(event[1], (id) => ["focus", id])
      case "select": {
        const span = event[1]
        if (span === null) return [event]
        const [from, to] = [this.#of(span[0]), this.#of(span[2])]
        return from && to ? [["select", [from, span[1], to, span[3]]]] : []
      }
      case "click":
        return [event]
      default:
        return []
    }
  }

  #known(id: number, make: (id: number) => Event): Event[] {
    const number = this.#of(id)
    return number ? [make(number)] : []
  }

  #of(id: number): number {
    return this.#numbers.get(id) ?? 0
  }

  #all(ids: readonly number[]): number[] {
    return ids.map((id) => this.#of(id)).filter((id) => id !== 0)
  }

  #fresh(id: number): number {
    if (!Number.isSafeInteger(id) || id < 1 || this.#numbers.has(id)) throw new RangeError("no number of a node")
    const number = this.#take()
    this.#numbers.set(id, number)
    this.#back.set(number, id)
    return number
  }

  #into(id: number, parent: number): void {
    this.#kids.get(this.#parents.get(id) ?? 0)?.delete(id)
    this.#parents.set(id, parent)
    const kids = this.#kids.get(parent)
    if (kids) kids.add(id)
    else this.#kids.set(parent, new Set([id]))
  }

  #gone(ids: readonly number[]): Event[] {
    const gone = this.#all(ids)
    for (const id of ids) this.#forget(id)
    return [["gone", gone]]
  }

  /** It and what is in it. */
  #forget(id: number): void {
    this.#kids.get(this.#parents.get(id) ?? 0)?.delete(id)
    const open = [id]
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      this.#back.delete(this.#of(one))
      const { shadow, doc } = this.#roots.get(one) ?? {}
      if (shadow) open.push(shadow)
      if (doc) open.push(doc)
      for (const kid of this.#kids.get(one) ?? []) open.push(kid)
      for (const map of [this.#numbers, this.#parents, this.#kids, this.#roots]) map.delete(one)
    }
  }

  /** `host`, `kind`: what it is the root of; another one there was goes. */
  #root(root: Root, host = 0, kind: "shadow" | "doc" = "doc"): Root {
    const id = this.#fresh(root.id)
    if (host) {
      const roots = this.#roots.get(host)
      const former = roots?.[kind]
      if (former) this.#forget(former)
      this.#roots.set(host, { ...roots, [kind]: root.id })
    }
    const made: Root = { ...root, id, children: root.children.map((node) => this.#node(node, root.id)) }
    if (root.sheets) made.sheets = root.sheets.map((one) => this.#sheet(one))
    return made
  }

  #node(node: Node, parent: number): Node {
    const [own] = node
    const number = this.#fresh(own)
    this.#into(own, parent)
    if (node[1] === 3) return [number, 3, node[2]]
    const [, , tag, attributes, children, more] = node
    const inner = children === 0 ? 0 : children.map((child) => this.#node(child, own))
    return more ? [number, 1, tag, attributes, inner, this.#more(more, own)] : [number, 1, tag, attributes, inner]
  }

  #more(more: More, host: number): More {
    const made = { ...more }
    if (more.shadow) made.shadow = this.#root(more.shadow, host, "shadow")
    if (more.doc) made.doc = this.#root(more.doc, host)
    return made
  }

  #sheet(number: number): number {
    const known = this.#sheets.get(number) ?? this.#take()
    this.#sheets.set(number, known)
    return known
  }
}
