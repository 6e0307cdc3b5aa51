/** The browser's own bars come and go with less than this, px; a keyboard takes more. */
const KEYBOARD = 150

/**
 * Keeps what stands at the window's edges within what is seen of it, and of its own size: fingers zoom into the page, a
 * keyboard lies over its foot, and a page that does not know telephones is shown whole and small (CSSOM View,
 * VisualViewport). Stop is never out of reach.
 */
export function keepInSight(host: HTMLElement, gone: AbortSignal): void {
  const seen = window.visualViewport
  if (!seen) return
  const place = () => {
    const { scale, width, height, offsetLeft, offsetTop } = seen
    const part = Math.abs(scale - 1) > 0.01 || document.documentElement.clientHeight - height * scale > KEYBOARD
    host.toggleAttribute("data-part", part)
    if (!part) return
    const values = { x: offsetLeft, y: offsetTop, w: width * scale, h: height * scale }
    for (const [name, value] of Object.entries(values)) host.style.setProperty(`--sight-${name}`, `${value}px`)
    host.style.setProperty("--sight-s", `${1 / scale}`)
  }
  place()
  for (const event of ["resize", "scroll"]) seen.addEventListener(event, place, { signal: gone })
}
