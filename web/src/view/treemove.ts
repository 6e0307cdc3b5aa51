import type { Frames } from "./treeframes"

/** Moved nodes whose layout takes a while, as there is more in them. */
const MANY = 200
/** The same of new nodes, each by itself. */
const MANY_NEW = 8000

/**
 * Moves what is there, and keeps what it shows: how far it is scrolled, documents of frames. `moveBefore` of browsers
 * would do it, but Chromium 156 crashes now and then when there are frames in what it moves.
 */
export class Mover {
  readonly #frames: Frames
  /** How far elements and documents are to be scrolled. */
  readonly #scrolled = new Map<Node, readonly [number, number]>()
  /** Those that could not be scrolled so far yet, or may have lost it by a move. */
  readonly #short = new Set<Node>()
  #waits = 0
  #built = 0

  constructor(frames: Frames) {
    this.#frames = frames
  }

  clear(): void {
    this.#scrolled.clear()
    this.#short.clear()
    cancelAnimationFrame(this.#waits)
    this.#waits = this.#built = 0
  }

  forget(node: Node): void {
    this.#scrolled.delete(node)
    this.#short.delete(node)
  }

  move(parent: Node, next: Node | null, nodes: readonly ChildNode[]): void {
    for (const node of nodes) if (node !== next) parent.insertBefore(node, next)
    this.#restore()
    if (nodes.length > MANY) layOut(parent)
  }

  /** So many nodes were built and stand in this one. */
  built(parent: Node, nodes: number): void {
    this.#built += nodes
    if (this.#built < MANY_NEW) return
    this.#built = 0
    layOut(parent)
  }

  /** Children of one parent in a new order. */
  order(parent: Node, nodes: readonly ChildNode[]): void {
    // Aside, so that the document changes twice and not once for each.
    const aside = (parent.ownerDocument as Document).createDocumentFragment()
    for (const node of nodes) aside.appendChild(node)
    parent.appendChild(aside)
    this.#restore()
  }

  scroll(node: Node, x: number, y: number): void {
    this.#scrolled.set(node, [x, y])
    if (!this.#scroll(node, x, y)) {
      this.#short.add(node)
      this.grown()
    } else this.#short.delete(node)
  }

  /** There is more to be scrolled to. */
  grown(): void {
    if (this.#short.size === 0 || this.#waits !== 0) return
    this.#waits = requestAnimationFrame(() => {
      this.#waits = 0
      for (const node of this.#short) {
        const [x, y] = this.#scrolled.get(node) ?? [0, 0]
        if (!node.isConnected || this.#scroll(node, x, y)) this.#short.delete(node)
      }
    })
  }

  /** False when there is not so much. */
  #scroll(node: Node, x: number, y: number): boolean {
    const view = node.nodeType === 9 ? (node as Document).defaultView : null
    if (node.nodeType === 9 && !view) return true
    const at = (view ?? node) as Window & Element
    at.scrollTo({ left: x, top: y, behavior: "instant" })
    const left = view ? view.scrollX : at.scrollLeft
    const top = view ? view.scrollY : at.scrollTop
    return Math.abs(left - x) < 1.5 && Math.abs(top - y) < 1.5
  }

  #restore(): void {
    for (const frame of this.#frames.all) this.#frames.rescue(frame)
    for (const node of this.#scrolled.keys()) if (node.nodeType === 1) this.#short.add(node)
    this.grown()
  }
}

/** Now, so that it is not the work of one task with all that follows: browsers draw less often than there are changes. */
function layOut(node: Node): void {
  ;(node as Element).getBoundingClientRect?.()
}
