/** Bounds of the whole page, which no single event can be held to. */
import type { Event } from "../page/format"
import { NODE_LIMIT } from "../page/format"
import { DEPTH_LIMIT, Malformed } from "../page/read"
import { parentOf } from "./places"
import type { Tree } from "./tree"

/** Elements in elements, over all; layout goes down into each. */
const LIMIT = 2 * DEPTH_LIMIT

function depthOf(node: Node): number {
  let depth = 0
  for (let at: Element | null = parentOf(node); at; at = parentOf(at)) depth++
  return depth
}

function heightOf(node: Node): number {
  let height = 0
  const open: [Node, number][] = [[node, 0]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [at, depth] = next
    height = Math.max(height, depth)
    const shadow = (at as Element).shadowRoot
    if (shadow) open.push([shadow, depth + 1])
    for (let child = at.firstChild; child; child = child.nextSibling) open.push([child, depth + 1])
  }
  return height
}

/** Counts what is built; an event that would make more of it than a browser can bear is refused. */
export class Bounds {
  #nodes = 0

  /** Before the event is applied. Throws `Malformed`. */
  check(tree: Tree, event: Event): void {
    switch (event[0]) {
      case "init":
        this.#nodes = 0
        return
      case "add":
        this.#count(tree, event[3].length)
        this.#under(tree, event[1], 0)
        return
      case "root":
      case "more":
        this.#under(tree, event[1], 0)
        return
      case "move": {
        let height = 0
        for (const id of event[3]) {
          const node = tree.nodeOf(id)
          if (node) height = Math.max(height, heightOf(node))
        }
        this.#under(tree, event[1], height)
      }
    }
  }

  #under(tree: Tree, parent: number, height: number): void {
    const node = tree.nodeOf(parent)
    if (node && depthOf(node) + height > (height > 0 ? LIMIT : DEPTH_LIMIT)) throw new Malformed("too deep")
  }

  /** What has gone again is not counted: when the sum is too large, it is taken anew. */
  #count(tree: Tree, more: number): void {
    this.#nodes += more
    if (this.#nodes <= NODE_LIMIT) return
    this.#nodes = tree.document.getElementsByTagName("*").length
    if (this.#nodes > NODE_LIMIT) throw new Malformed("too many nodes")
  }
}
