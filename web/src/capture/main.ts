import { PageCapture } from "./capture"
import type { Capture, Host } from "./parts"

declare global {
  // The embed's script finds it here; see `embed/page.ts`.
  interface Window {
    [name: symbol]: unknown
  }
}

window[Symbol.for("deskside.capture")] = (host: Host): Capture => new PageCapture(host)
