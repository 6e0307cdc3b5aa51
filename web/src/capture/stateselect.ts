import type { Registry } from "./nodes"

type Selected = readonly [number, number, number, number] | null

/** What is selected in the document, or in the frame that has the focus. */
export function selectionOf(document: Document, registry: Registry): Selected {
  let at = document
  for (;;) {
    const inner = at.activeElement && registry.get(at.activeElement)?.doc
    if (!inner) break
    at = inner.node as Document
  }
  const selection = at.getSelection()
  if (!selection || selection.rangeCount === 0) return null
  const { startContainer, startOffset, endContainer, endOffset, collapsed } = selection.getRangeAt(0)
  if (collapsed) return null
  const start = registry.idOf(startContainer)
  const end = registry.idOf(endContainer)
  if (start === 0 || end === 0) return null
  return [start, sentOffset(registry, startContainer, startOffset), end, sentOffset(registry, endContainer, endOffset)]
}

/** Children that were not sent do not count. */
function sentOffset(registry: Registry, node: Node, offset: number): number {
  if (node.nodeType === 3) return offset
  let count = 0
  let child = node.firstChild
  for (let i = 0; i < offset && child; i++, child = child.nextSibling) if (registry.get(child)) count++
  return count
}
