/** Events with very many nodes, cut so that none takes a long task to build. */
import type { ElementNode, Event, Node } from "../page/format"

/** Nodes that are built at once. */
export const PIECE = 2500
/** Children that are put in order at once: what is in them is laid out anew. With fewer the rest of a large table, of
 * which each step costs some as well, takes longer than they do. */
const ROWS = 500

function countOf(nodes: readonly Node[], limit: number): number {
  let count = 0
  const open: (readonly Node[])[] = [nodes]
  for (let list = open.pop(); list && count <= limit; list = open.pop()) {
    count += list.length
    for (const node of list) {
      if (node[1] !== 1) continue
      if (node[4] !== 0) open.push(node[4])
      const more = node[5]
      if (more?.shadow) open.push(more.shadow.children)
      if (more?.doc) open.push(more.doc.children)
    }
  }
  return count
}

/** Nodes to add at the end of a parent, of which only so much is built before the rest follows. */
class Cut {
  #left = PIECE

  /** The nodes with what is in them, as far as there is room; the rest goes to `later`. */
  take(parent: number, nodes: readonly Node[], later: Event[]): Node[] {
    const taken: Node[] = []
    for (const [at, node] of nodes.entries()) {
      if (this.#left <= 0) {
        later.push(["add", parent, 0, nodes.slice(at)])
        break
      }
      this.#left--
      if (node[1] === 3 || node[4] === 0) taken.push(node)
      else taken.push(this.#element(node, node[4], later))
    }
    return taken
  }

  #element(node: ElementNode, children: readonly Node[], later: Event[]): ElementNode {
    const [id, kind, tag, attributes, , more] = node
    const rest: Event[] = []
    const taken = this.take(id, children, rest)
    later.push(...rest)
    return more ? [id, kind, tag, attributes, taken, more] : [id, kind, tag, attributes, taken]
  }
}

/** The same in several events, each of about `PIECE` nodes; one that is small enough comes as it is. */
export function* pieces(event: Event): Generator<Event> {
  const todo: Event[] = [event]
  for (let next = todo.shift(); next; next = todo.shift()) {
    const later: Event[] = []
    if (next[0] === "init" && countOf(next[1].root.children, PIECE) > PIECE) {
      const { root } = next[1]
      yield ["init", { ...next[1], root: { ...root, children: new Cut().take(root.id, root.children, later) } }]
    } else if (next[0] === "add" && countOf(next[3], PIECE) > PIECE) {
      yield* added(next, later)
    } else if (next[0] === "order" && next[2].length > ROWS) {
      // One after another to the end: when all have been there, they are in order.
      const [, parent, ids] = next
      for (let at = 0; at < ids.length; at += ROWS) yield ["move", parent, 0, ids.slice(at, at + ROWS)]
    } else yield next
    todo.unshift(...later)
  }
}

function* added([, parent, before, nodes]: Event & readonly ["add", ...unknown[]], later: Event[]): Generator<Event> {
  const rest: Event[] = []
  const taken = new Cut().take(parent, nodes, rest)
  yield ["add", parent, before, taken]
  // What is left of the uppermost row goes where the row goes, not to the end.
  for (const one of rest) later.push(one[0] === "add" && one[1] === parent ? ["add", parent, before, one[3]] : one)
}
