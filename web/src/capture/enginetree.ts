import { type Event, NODE_LIMIT, type Node as Sent } from "../page/format"
import type { Entry, Registry } from "./nodes"
import { staying } from "./nodesorder"
import type { Emit } from "./parts"

/** How deep the nodes of one event may be; what is deeper follows. */
const DEPTH = 60
/** Rather all children in their new order than this many moves. */
const FEW_MOVES = 4

/** Writes single nodes for the walk. */
export interface Pen {
  captures(node: Node): boolean
  /** Begins an entry's element: children are put in by the walk. */
  element(entry: Entry, children: readonly Sent[] | 0, depth: number): Sent
  /** Before its children: what must be known of it. */
  enter(entry: Entry): void
  text(entry: Entry): Sent
  /** Cost of the slice so far, in nodes. */
  cost: number
}

/**
 * Makes the view's tree equal to the page's. Each node has the parent and the children that were last sent; what is
 * different is sent, as little of it as there is, and as much at once as a slice allows.
 */
export class Walk {
  readonly #registry: Registry
  readonly #pen: Pen
  readonly #emit: Emit
  /** Parents with children that were not sent yet, in the order in which they were met. */
  readonly #queue = new Set<Entry>()
  /** New parents that hold nodes which the view has elsewhere. */
  readonly #settle = new Set<Entry>()
  /** Nodes that are not any more where the view has them. */
  readonly #orphans = new Set<Entry>()
  /** Parents of nodes that the view has above them, for now. */
  readonly #blocked = new Set<Entry>()
  /** Something was sent in this slice. */
  #moved = false
  #most = 0
  #end = 0
  #over = false
  #step = 0
  /** What comes first; else all. */
  #first: ((node: Node) => boolean) | null = null

  constructor(registry: Registry, pen: Pen, emit: Emit) {
    this.#registry = registry
    this.#pen = pen
    this.#emit = (event) => {
      this.#moved = true
      emit(event)
    }
  }

  get idle(): boolean {
    return this.#queue.size === 0
  }

  clear(): void {
    this.#queue.clear()
    this.#settle.clear()
    this.#orphans.clear()
    this.#blocked.clear()
  }

  /** `end`: on the clock of `performance.now`. `most`: nodes. `first`: only those for now. */
  begin(end: number, most: number, first: ((node: Node) => boolean) | null = null): void {
    this.#end = end
    this.#most = most
    this.#over = false
    this.#moved = false
    this.#step = 0
    this.#pen.cost = 0
    this.#first = first
  }

  get over(): boolean {
    return this.#over
  }

  /** Look at it again later. */
  later(entry: Entry): void {
    this.#queue.add(entry)
  }

  /** Go on with what was left, while there is time. */
  work(): void {
    for (const entry of this.#queue) {
      if (this.#spent()) return
      this.#queue.delete(entry)
      if (this.#registry.has(entry) && entry.node.isConnected) this.reconcile(entry)
    }
  }

  /** Ends the slice; `all`: no other change is known that is still to be looked at. */
  finish(all: boolean): void {
    const gone: number[] = []
    const last = all && this.idle
    for (const entry of this.#orphans) {
      if (this.#lost(entry)) continue
      if (!last && entry.node.isConnected) continue
      gone.push(entry.id)
      this.#registry.forget(entry)
      this.#orphans.delete(entry)
    }
    if (gone.length > 0) this.prune()
    if (gone.length > 0) this.#emit(["gone", gone])
    // What stood in the way has moved, perhaps; when nothing did, it will be a change of the page.
    if (this.#moved) for (const entry of this.#blocked) this.#queue.add(entry)
    this.#blocked.clear()
  }

  /** To be called when something was forgotten: what had left it is not in the view any more either. */
  prune(): void {
    for (const entry of this.#orphans) this.#lost(entry)
  }

  /** Whether an orphan is known no more, or went with what the view had it in: then it is new wherever it is. */
  #lost(entry: Entry): boolean {
    let at: Entry | null = entry
    while (at && this.#registry.has(at)) at = at.parent
    if (!at) return false
    this.#registry.forget(entry)
    this.#orphans.delete(entry)
    return true
  }

  /** Take it away, to be sent anew. */
  again(entry: Entry): void {
    const { parent } = entry
    if (!parent) return
    this.#emit(["gone", [entry.id]])
    parent.kids = parent.kids.filter((kid) => kid !== entry && kid.parent === parent)
    this.#registry.forget(entry)
    this.prune()
    this.#queue.add(parent)
  }

  reconcile(entry: Entry): void {
    this.#reconcile(entry)
    for (const one of this.#settle) {
      this.#settle.delete(one)
      if (this.#registry.has(one)) this.#reconcile(one)
    }
  }

  #reconcile(entry: Entry): void {
    if (entry.closed) return
    const { kids } = entry
    let at = 0
    let child = this.#next(entry.node.firstChild)
    while (at < kids.length && child !== null) {
      const kid = kids[at] as Entry
      if (kid.node !== child || kid.parent !== entry) break
      at++
      child = this.#next(child.nextSibling)
    }
    if (at < kids.length) this.#arrange(entry)
    else if (child) this.#append(entry, child)
  }

  #next(node: Node | null): Node | null {
    let at = node
    while (at !== null && !this.#pen.captures(at)) at = at.nextSibling
    return at
  }

  /** All that the view has is at the beginning. */
  #append(entry: Entry, from: Node): void {
    const nodes: Sent[] = []
    let met = false
    for (let child: Node | null = from; child !== null && !met; child = this.#next(child.nextSibling)) {
      if (this.#registry.get(child)) met = true
      else if (!this.#take(entry, child, nodes, 0)) break
    }
    this.#add(entry, 0, nodes)
    if (met) this.#arrange(entry)
  }

  #arrange(entry: Entry): void {
    const now: Node[] = []
    for (let child = this.#next(entry.node.firstChild); child; child = this.#next(child.nextSibling)) now.push(child)
    const known = this.#known(entry, now)
    const here = new Set(known)
    for (const kid of entry.kids) if (kid.parent === entry && !here.has(kid)) this.#orphans.add(kid)
    this.#move(entry, known)
    entry.kids = []
    let nodes: Sent[] = []
    let full = false
    for (const child of now) {
      const kid = this.#registry.get(child)
      if (kid && kid.parent === entry) {
        this.#add(entry, kid.id, nodes)
        nodes = []
        entry.push(kid)
      } else if (!kid && !full) full = !this.#take(entry, child, nodes, 0)
    }
    this.#add(entry, 0, nodes)
  }

  /** Entries of the children that the view has, wherever it has them. */
  #known(entry: Entry, now: readonly Node[]): Entry[] {
    const known: Entry[] = []
    let above: Set<Entry> | null = null
    for (const child of now) {
      const kid = this.#registry.get(child)
      if (!kid) continue
      if (kid.parent !== entry) {
        above ??= upwards(entry)
        // The view has it above this one: it goes when that is no longer so.
        if (above.has(kid)) {
          this.#blocked.add(entry)
          continue
        }
      }
      known.push(kid)
    }
    return known
  }

  #move(entry: Entry, known: readonly Entry[]): void {
    const place = new Map<Entry, number>()
    for (const kid of entry.kids) if (kid.parent === entry) place.set(kid, place.size)
    const places = known.map((kid) => (kid.parent === entry ? (place.get(kid) ?? -1) : -1))
    const stays = staying(places)
    let moves = 0
    for (let i = 0; i < known.length; i++) {
      if (stays[i]) continue
      moves++
      const kid = known[i] as Entry
      this.#orphans.delete(kid)
    }
    if (moves === 0) return
    const foreign = known.filter((kid) => kid.parent !== entry)
    if (moves - foreign.length > FEW_MOVES && (moves - foreign.length) * 3 > known.length) {
      if (foreign.length > 0) this.#emit(["move", entry.id, 0, foreign.map((kid) => kid.id)])
      this.#emit(["order", entry.id, known.map((kid) => kid.id)])
    } else {
      let ids: number[] = []
      for (let i = 0; i <= known.length; i++) {
        const kid = known[i]
        if (kid && !stays[i]) ids.push(kid.id)
        else if (ids.length > 0) {
          this.#emit(["move", entry.id, kid?.id ?? 0, ids])
          ids = []
        }
      }
    }
    for (const kid of foreign) kid.parent = entry
  }

  #add(entry: Entry, next: number, nodes: readonly Sent[]): void {
    if (nodes.length > 0) this.#emit(["add", entry.id, next, nodes] satisfies Event)
  }

  /** False when the slice is full: the parent comes again. */
  #take(parent: Entry, node: Node, into: Sent[], depth: number): boolean {
    if (this.#spent() || depth > DEPTH) {
      this.#queue.add(parent)
      return false
    }
    if (this.#first && !this.#first(node)) {
      this.#queue.add(parent)
      return true
    }
    if (this.#registry.size >= NODE_LIMIT) return false
    const entry = this.#registry.add(node)
    parent.push(entry)
    this.#pen.cost++
    if (node.nodeType === 3) {
      into.push(this.#pen.text(entry))
      return true
    }
    this.#pen.enter(entry)
    into.push(this.#pen.element(entry, this.children(entry, depth + 1), depth + 1))
    return true
  }

  /** Children of what the view does not have yet. */
  children(entry: Entry, depth: number): Sent[] | 0 {
    if (entry.closed) return 0
    const nodes: Sent[] = []
    for (let child = this.#next(entry.node.firstChild); child; child = this.#next(child.nextSibling)) {
      if (this.#registry.get(child)) this.#settle.add(entry)
      else if (!this.#take(entry, child, nodes, depth)) break
    }
    return nodes.length > 0 ? nodes : 0
  }

  #spent(): boolean {
    if (this.#over) return true
    if (this.#pen.cost >= this.#most) this.#over = true
    else if ((++this.#step & 15) === 0 && performance.now() > this.#end) this.#over = true
    return this.#over
  }
}

function upwards(entry: Entry): Set<Entry> {
  const above = new Set<Entry>()
  for (let at: Entry | null = entry; at; at = at.parent) above.add(at)
  return above
}
