import { vi } from "vitest"

/** Stands in for a captured track. */
export class FakeTrack extends EventTarget {
  enabled = true
  readyState: "live" | "ended" = "live"
  contentHint = ""
  stop = vi.fn(() => {
    this.readyState = "ended"
  })
  constructor(readonly kind: "audio" | "video") {
    super()
  }
  getSettings(): MediaTrackSettings {
    return { deviceId: "d" }
  }
  /** The device was unplugged, or the browser's own *stop sharing* pressed. */
  die(): void {
    this.readyState = "ended"
    this.dispatchEvent(new Event("ended"))
  }
}

export function track(kind: "audio" | "video" = "video"): FakeTrack & MediaStreamTrack {
  return new FakeTrack(kind) as unknown as FakeTrack & MediaStreamTrack
}
