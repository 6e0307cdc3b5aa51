import type { Nodes } from "./parts"

const NONE: Entry[] = []

/** What was last sent of a node. Its `kids`, in order, are what the view has in it, but for orphans on their way. */
export class Entry {
  parent: Entry | null = null
  /** Never pushed to before `open`. One whose `parent` is another by now has moved on. */
  kids: Entry[] = NONE
  /** Of a text, as it was sent. */
  text = ""
  shadow: Entry | null = null
  /** Document of a frame. */
  doc: Entry | null = null
  /** What is in it is never sent. */
  closed = false
  /** How much of it is masked: 0 nothing, 1 its text, 2 all of it. */
  level = 0
  /** A rule of the site shows what is masked by itself. */
  shown = false
  /** How many it stood in when it was sent, documents of frames counted on. */
  depth = 0

  constructor(
    readonly id: number,
    readonly node: Node,
  ) {}

  get element(): Element {
    return this.node as Element
  }

  push(kid: Entry): void {
    kid.parent = this
    kid.depth = this.depth + 1
    if (this.kids === NONE) this.kids = [kid]
    else this.kids.push(kid)
  }
}

/** The nodes that the view has, by themselves and by their numbers. */
export class Registry implements Nodes {
  epoch = 0
  #of = new WeakMap<Node, Entry>()
  #by = new Map<number, Entry>()
  #last = 0
  #forgotten: (entry: Entry) => void

  /** `forgotten`: told of each frame, root and element with something of its own that went. */
  constructor(forgotten: (entry: Entry) => void = () => {}) {
    this.#forgotten = forgotten
  }

  /** Nothing was sent yet. */
  begin(epoch: number): void {
    this.clear()
    this.epoch = epoch
    this.#last = 0
  }

  clear(): void {
    this.#of = new WeakMap()
    this.#by.clear()
  }

  get size(): number {
    return this.#by.size
  }

  /** The next number; of constructed stylesheets and foreign frames as well. */
  number(): number {
    return ++this.#last
  }

  get(node: Node): Entry | undefined {
    return this.#of.get(node)
  }

  has(entry: Entry): boolean {
    return this.#by.get(entry.id) === entry
  }

  add(node: Node): Entry {
    const entry = new Entry(this.number(), node)
    this.#of.set(node, entry)
    this.#by.set(entry.id, entry)
    return entry
  }

  /** It and what the view has in it. */
  forget(entry: Entry): void {
    const open = [entry]
    for (let one = open.pop(); one; one = open.pop()) {
      if (!this.has(one)) continue
      this.#by.delete(one.id)
      this.#of.delete(one.node)
      if (one.node.nodeType !== 3) this.#forgotten(one)
      if (one.shadow) open.push(one.shadow)
      if (one.doc) open.push(one.doc)
      for (const kid of one.kids) if (kid.parent === one) open.push(kid)
    }
  }

  idOf(node: Node): number {
    return this.#of.get(node)?.id ?? 0
  }

  nodeOf(id: number): Node | null {
    const node = this.#by.get(id)?.node
    return node?.isConnected ? node : null
  }
}
