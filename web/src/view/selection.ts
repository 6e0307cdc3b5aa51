import type { Tree } from "./tree"

/** Shows what the customer has selected; in a frame without the focus browsers draw it grey. */
export function select(tree: Tree, range: readonly [number, number, number, number] | null): void {
  const [from, to] = range ? [tree.nodeOf(range[0]), tree.nodeOf(range[2])] : [null, null]
  const selection = (from?.ownerDocument ?? tree.document).getSelection()
  if (!range || !from || !to || from.ownerDocument !== to.ownerDocument) {
    selection?.removeAllRanges()
    return
  }
  const within = (node: Node, offset: number) =>
    Math.min(offset, node.nodeType === 3 ? (node.nodeValue ?? "").length : node.childNodes.length)
  selection?.setBaseAndExtent(from, within(from, range[1]), to, within(to, range[3]))
}
