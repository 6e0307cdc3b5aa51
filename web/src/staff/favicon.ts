const CALM = "/static/icon.svg"
const GROUND =
  '<rect x="3" y="5" width="26" height="18" rx="4" fill="#3155d6"/>' +
  '<path d="M10 27h12" stroke="#3155d6" stroke-width="3" stroke-linecap="round"/><circle cx="16" cy="14" r="4" fill="#fff"/>'
const MOST = 9

/** Address of the sign of this tab: plain, with the number of those who wait, or with a call that comes in. */
export function signOf(waiting: number, incoming: boolean): string {
  if (!incoming && waiting <= 0) return CALM
  const text = incoming ? "!" : waiting > MOST ? `${MOST}+` : String(waiting)
  const [fill, ink] = incoming ? ["#c0272d", "#fff"] : ["#f5b93b", "#1b1f24"]
  const size = text.length > 1 ? 13 : 16
  const mark =
    `<circle cx="21" cy="21" r="11" fill="${fill}" stroke="#fff" stroke-width="1.5"/>` +
    `<text x="21" y="${21 + size * 0.36}" text-anchor="middle" font-family="sans-serif" font-weight="700"` +
    ` font-size="${size}" fill="${ink}">${text}</text>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${GROUND}${mark}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

export function showSign(address: string): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (link && link.getAttribute("href") !== address) link.href = address
}
