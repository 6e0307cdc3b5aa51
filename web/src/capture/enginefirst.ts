/** What is looked at first. */

/** Elements above, counted up to what is deep anyway. */
export function depthOf(node: Node): number {
  let depth = 0
  for (let at: Node | null = node; at && depth < 1000; at = at.parentNode ?? (at as ShadowRoot).host ?? null) depth++
  return depth
}

/** Whether a node comes first: what is in the viewport, what has no box of its own, and the head of the document. */
export function inSightOf(view: Window): (node: Node) => boolean {
  const { innerWidth, innerHeight } = view
  return (node) => {
    if (node.nodeType !== 1) return true
    const element = node as HTMLElement
    const { localName, ownerDocument } = element
    if (element === ownerDocument.documentElement || localName === "head" || localName === "body") return true
    if (ownerDocument.defaultView !== view || localName === "style" || localName === "link") return true
    if (element.parentElement?.localName === "head") return true
    const { top, bottom, left, right } = element.getBoundingClientRect()
    return bottom > 0 && top < innerHeight && right > 0 && left < innerWidth
  }
}
