/** Bounds of the whole page, which no single event can be held to. */
import { type Event, NODE_LIMIT, type Node as Sent } from "../page/format"
import { Malformed } from "../page/read"
import { parentOf } from "./places"
import type { Tree } from "./tree"

/** Elements in elements, through shadow roots and frames. Layout goes down into each: with some 256 nested tables of the
 * worst kind it ends the browser's process. Pages that people make stay below 100. */
const DEEPEST = 200

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
    const inner = (at as HTMLIFrameElement).contentDocument
    if (inner) open.push([inner, depth + 1])
    for (let child = at.firstChild; child; child = child.nextSibling) open.push([child, depth + 1])
  }
  return height
}

/** The same of what is to be built, and how many nodes it is. */
function sizeOf(nodes: readonly Sent[]): { height: number; count: number } {
  let [height, count] = [0, 0]
  const open: [readonly Sent[], number][] = [[nodes, 1]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [list, depth] = next
    height = Math.max(height, depth)
    count += list.length
    for (const node of list) {
      if (node[1] === 3) continue
      if (node[4] !== 0) open.push([node[4], depth + 1])
      if (node[5]?.shadow) open.push([node[5].shadow.children, depth + 1])
      if (node[5]?.doc) open.push([node[5].doc.children, depth + 1])
    }
  }
  return { height, count }
}

/** Counts what is built; an event that would make more of it than a browser can bear is refused. */
export class Bounds {
  #nodes = 0

  /** Before the event is applied. Throws `Malformed`. */
  check(tree: Tree, event: Event): void {
    if (event[0] === "init") {
      this.#nodes = 0
      this.#built(tree, null, event[1].root.children)
    } else if (event[0] === "add") this.#built(tree, event[1], event[3])
    else if (event[0] === "root") this.#built(tree, event[1], event[3].children)
    else if (event[0] === "more") {
      const { shadow, doc } = event[2]
      for (const root of [shadow, doc]) if (root) this.#built(tree, event[1], root.children)
    } else if (event[0] === "move") {
      let height = 0
      for (const id of event[3]) {
        const node = tree.nodeOf(id)
        if (node) height = Math.max(height, heightOf(node) + 1)
      }
      this.#under(tree, event[1], height)
    }
  }

  #built(tree: Tree, parent: number | null, nodes: readonly Sent[]): void {
    const { height, count } = sizeOf(nodes)
    this.#count(tree, count)
    if (parent === null) this.#fits(height)
    else this.#under(tree, parent, height + 1)
  }

  #under(tree: Tree, parent: number, height: number): void {
    const node = tree.nodeOf(parent)
    if (node) this.#fits(depthOf(node) + height)
  }

  #fits(depth: number): void {
    if (depth > DEEPEST) throw new Malformed("too deep")
  }

  /** What has gone again is not counted: when the sum is too large, it is taken anew. */
  #count(tree: Tree, more: number): void {
    this.#nodes += more
    if (this.#nodes <= NODE_LIMIT) return
    this.#nodes = tree.document.getElementsByTagName("*").length + more
    if (this.#nodes > NODE_LIMIT) throw new Malformed("too many nodes")
  }
}
