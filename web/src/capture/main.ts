import { PageCapture } from "./capture"
import { ChildCapture, type ChildHost } from "./child"
import type { Capture, Host } from "./parts"
import { PagePreview, type PreviewHost } from "./preview"

// The embed's script finds them here; see `embed/loading.ts`.
Object.assign(globalThis, {
  [Symbol.for("deskside.capture")]: (host: Host): Capture => new PageCapture(host),
  [Symbol.for("deskside.preview")]: (host: PreviewHost) => new PagePreview(host),
  [Symbol.for("deskside.child")]: (host: ChildHost) => new ChildCapture(host),
})
