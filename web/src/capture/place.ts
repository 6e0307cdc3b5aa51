import type { Point } from "../page/acts"
import type { Nodes } from "./parts"

/** CSS pixels in the viewport of the element's own document. */
export interface Spot {
  x: number
  y: number
}

export function viewOf(node: Node): Window & typeof globalThis {
  const view = (node.ownerDocument ?? (node as Document)).defaultView
  return (view ?? window) as Window & typeof globalThis
}

/** The element of a number: the node itself, or its parent where it is text; the root for a document. */
export function elementOf(nodes: Nodes, id: number): Element | null {
  if (id === 0) return document.documentElement
  const node = nodes.nodeOf(id)
  if (!node) return null
  if (node.nodeType === Node.ELEMENT_NODE) return node as Element
  if (node.nodeType === Node.DOCUMENT_NODE) return (node as Document).documentElement
  return node.parentElement
}

/** Elements may be of a frame's document, whose classes are others: by name, not by class. */
export function isHtml(element: Element, ...names: string[]): boolean {
  return element.namespaceURI === "http://www.w3.org/1999/xhtml" && names.includes(element.localName)
}

export function spotOn(element: Element, x: number, y: number): Spot {
  const box = element.getBoundingClientRect()
  return { x: box.left + box.width * x, y: box.top + box.height * y }
}

/** Where a point is in the viewport of the top document; null when its node is gone or shows nothing. */
export function spotInTop(nodes: Nodes, [id, x, y]: Point): Spot | null {
  const element = elementOf(nodes, id)
  if (!element?.isConnected || !isShown(element)) return null
  let spot = spotOn(element, x, y)
  let view = viewOf(element)
  for (let frame = view.frameElement; frame; frame = view.frameElement) {
    const box = frame.getBoundingClientRect()
    spot = { x: spot.x + box.left + frame.clientLeft, y: spot.y + box.top + frame.clientTop }
    view = viewOf(frame)
  }
  return spot
}

export function boxInTop(nodes: Nodes, id: number): DOMRect | null {
  const element = elementOf(nodes, id)
  const from = spotInTop(nodes, [id, 0, 0])
  if (!element || !from) return null
  const { width, height } = element.getBoundingClientRect()
  return new DOMRect(from.x, from.y, width, height)
}

export function isShown(element: Element): boolean {
  if (element.checkVisibility) return element.checkVisibility({ visibilityProperty: true })
  return element.getClientRects().length > 0 && viewOf(element).getComputedStyle(element).visibility === "visible"
}

/** What is hit there, through open shadow roots, and through what is `ours` and not the page's. */
export function deepest(root: Document | ShadowRoot, { x, y }: Spot, ours: readonly Element[]): Element | null {
  const hit = root.elementsFromPoint(x, y).find((one) => !ours.includes(one)) ?? null
  const inner = hit?.shadowRoot ? deepest(hit.shadowRoot, { x, y }, ours) : null
  return inner ?? hit
}

export function parentOf(node: Node): Node | null {
  return node.parentNode ?? (node as Partial<ShadowRoot>).host ?? null
}

/** `closest` through the borders of shadow roots. */
export function closest(element: Element, selector: string): Element | null {
  for (let node: Node | null = element; node; node = parentOf(node)) {
    if (node.nodeType === Node.ELEMENT_NODE && (node as Element).matches(selector)) return node as Element
  }
  return null
}

export function within(node: Node | null, ancestor: Node): boolean {
  for (let one = node; one; one = parentOf(one)) if (one === ancestor) return true
  return false
}

/** The focused element, through shadow roots and frames of the same origin. */
export function focused(root: Document | ShadowRoot = document): Element | null {
  const active = root.activeElement
  if (!active) return null
  if (active.shadowRoot) return focused(active.shadowRoot) ?? active
  try {
    const inner = (active as Partial<HTMLIFrameElement>).contentDocument
    if (inner) return focused(inner) ?? active
  } catch {
    // Of another origin.
  }
  return active
}
