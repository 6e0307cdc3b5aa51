/** A rounding of the browser's is less, px; its bars and a keyboard take more. */
const BAR = 20
/** What is laid out for less than this may not be zoomed further, px. */
const LEAST = { width: 320, height: 480 }
const MOST = 2

/**
 * Tells `element`, which stands at the edges of a window or in its middle, what is seen of the window: fingers zoom into
 * the page, a keyboard lies over its foot, and a page that does not know telephones is shown whole and small (CSSOM View,
 * VisualViewport). Says so in `data-part` and in custom properties for a `transform: scale(var(--sight-s))`: place and size of
 * what is seen (x, y, w, h; the size as if nothing were scaled). It grows with the page as far as there is room.
 */
export function keepInSight(element: HTMLElement, gone: AbortSignal): void {
  const seen = window.visualViewport
  if (!seen) return
  const place = () => {
    const { scale } = seen
    // The element that tells the window's height (CSSOM View, clientHeight).
    const root = document.compatMode === "BackCompat" ? document.body : document.documentElement
    const [width, height] = [seen.width * scale, seen.height * scale]
    const part = Math.abs(scale - 1) > 0.01 || (root?.clientHeight ?? 0) - height > BAR
    element.toggleAttribute("data-part", part)
    if (!part) return
    const grown = Math.max(1, Math.min(scale, MOST, width / LEAST.width, height / LEAST.height))
    // The page may be enlarged by a style as well.
    const zoom = (document.body as { currentCSSZoom?: number } | null)?.currentCSSZoom || 1
    const values = { x: seen.offsetLeft / zoom, y: seen.offsetTop / zoom, w: width / grown, h: height / grown }
    for (const [name, value] of Object.entries(values)) element.style.setProperty(`--sight-${name}`, `${value}px`)
    element.style.setProperty("--sight-s", `${grown / scale / zoom}`)
  }
  place()
  for (const event of ["resize", "scroll"]) seen.addEventListener(event, place, { signal: gone })
}
