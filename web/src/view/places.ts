/** Where nodes of the customer's page are, and what is at a place; in CSS pixels of that page's window. */
import type { Point } from "../page/acts"
import type { Tree } from "./tree"

export interface Box {
  x: number
  y: number
  width: number
  height: number
}

const ELEMENT = 1
const TEXT = 3

/** Upper left corner of the node's document, in the outermost one. */
function origin(doc: Document): [number, number] {
  let [x, y] = [0, 0]
  for (let frame = doc.defaultView?.frameElement; frame; frame = frame.ownerDocument.defaultView?.frameElement) {
    // The frame of the page itself stands in our own document.
    if (frame.ownerDocument === document) break
    const box = frame.getBoundingClientRect()
    x += box.x + frame.clientLeft
    y += box.y + frame.clientTop
  }
  return [x, y]
}

/** The box of a node that is in the page; null when it has none. */
export function boxOf(node: Node): Box | null {
  const doc = node.ownerDocument ?? (node as Document)
  if (!node.isConnected) return null
  const rect = rectOf(node, doc)
  if (!rect) return null
  const [x, y] = origin(doc)
  return { x: rect.x + x, y: rect.y + y, width: rect.width, height: rect.height }
}

function rectOf(node: Node, doc: Document): DOMRect | null {
  if (node.nodeType === ELEMENT) return (node as Element).getBoundingClientRect()
  if (node.nodeType === TEXT) {
    const range = doc.createRange()
    range.selectNodeContents(node)
    return range.getBoundingClientRect()
  }
  const root = (node as Document).documentElement as Element | null
  return root ? root.getBoundingClientRect() : ((node as ShadowRoot).host?.getBoundingClientRect() ?? null)
}

export interface Spot {
  x: number
  y: number
}

/** Where a point of the stream is now; null when its node is not there or has no box. */
export function spotOf(tree: Tree, [id, x, y]: Point): Spot | null {
  const node = tree.nodeOf(id)
  const box = node && boxOf(node)
  if (!box || (box.width === 0 && box.height === 0) || !Number.isFinite(x + y)) return null
  return { x: box.x + x * box.width, y: box.y + y * box.height }
}

/** Shadow roots and frames in one another. */
const DEEPEST = 100

/** The element that is hit there, through shadow roots and frames. */
export function elementAt(doc: Document, spot: Spot): Element | null {
  let root: DocumentOrShadowRoot = doc
  let [x, y] = [spot.x, spot.y]
  let found: Element | null = null
  for (let steps = 0; steps < DEEPEST; steps++) {
    found = root.elementFromPoint(x, y)
    if (!found) return root === doc ? null : ((root as ShadowRoot).host ?? (root as Document).documentElement)
    const inner: Document | null = found.localName === "iframe" ? (found as HTMLIFrameElement).contentDocument : null
    if (inner?.documentElement) {
      const box = found.getBoundingClientRect()
      x -= box.x + found.clientLeft
      y -= box.y + found.clientTop
      root = inner
    } else if (found.shadowRoot && found.shadowRoot !== root && found.shadowRoot.elementFromPoint(x, y) !== found) {
      root = found.shadowRoot
    } else break
  }
  return found
}

/** Parent as it is shown: out of shadow roots and frames too. */
export function parentOf(node: Node): Element | null {
  const parent = node.parentNode
  if (parent?.nodeType === ELEMENT) return parent as Element
  if (!parent) return null
  const host = (parent as ShadowRoot).host
  if (host) return host
  const frame = (parent as Document).defaultView?.frameElement ?? null
  return frame && frame.ownerDocument !== document ? frame : null
}

/** The nearest known element there, and where in it; null outside of all. */
export function pointAt(tree: Tree, spot: Spot): { element: Element; point: Point } | null {
  for (let at = elementAt(tree.document, spot); at; at = parentOf(at)) {
    const id = tree.idOf(at)
    const box = id > 0 ? boxOf(at) : null
    if (!box || box.width === 0 || box.height === 0) continue
    return { element: at, point: [id, round((spot.x - box.x) / box.width), round((spot.y - box.y) / box.height)] }
  }
  return null
}

function round(fraction: number): number {
  return Math.round(Math.max(-1e4, Math.min(1e4, fraction)) * 1e5) / 1e5
}

const SCROLLS = /^(?:auto|scroll|overlay)$/

/** The nearest element that can be scrolled this way, from where the wheel turned; the number is that of the node. */
export function scrollerAt(tree: Tree, spot: Spot, dx: number, dy: number): { element: Element; id: number } | null {
  for (let at = elementAt(tree.document, spot); at; at = parentOf(at)) {
    const root = at === at.ownerDocument.documentElement
    const id = tree.idOf(at)
    const element = root ? (at.ownerDocument.scrollingElement ?? at) : at
    if (id > 0 && (root || isScroller(at)) && canScroll(element, dx, dy)) return { element, id }
  }
  return null
}

function isScroller(element: Element): boolean {
  const style = element.ownerDocument.defaultView?.getComputedStyle(element)
  return style !== undefined && (SCROLLS.test(style.overflowY) || SCROLLS.test(style.overflowX))
}

function canScroll(element: Element, dx: number, dy: number): boolean {
  const { scrollLeft, scrollTop, scrollWidth, scrollHeight, clientWidth, clientHeight } = element
  const down = dy > 0 ? scrollTop + clientHeight < scrollHeight - 1 : dy < 0 && scrollTop > 0
  const right = dx > 0 ? scrollLeft + clientWidth < scrollWidth - 1 : dx < 0 && scrollLeft > 0
  return down || right
}
