import { vi } from "vitest"
import type { MediaOffer } from "../contract/messages"

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

/** Stands in for the browser's RTCPeerConnection. */
export class FakeConnection {
  static all: FakeConnection[] = []
  connectionState: RTCPeerConnectionState = "new"
  localDescription = { sdp: "answer" }
  closed = false
  onicecandidate: unknown = null
  ontrack: ((event: unknown) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  lines = ["0", "1", "2"].map((mid) => ({
    mid,
    direction: "recvonly",
    sender: { track: null as unknown, replaceTrack: vi.fn(async () => {}) },
  }))
  constructor() {
    FakeConnection.all.push(this)
  }
  async setRemoteDescription(): Promise<void> {}
  async setLocalDescription(): Promise<void> {}
  getTransceivers() {
    return this.lines
  }
  close(): void {
    this.closed = true
  }
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

export const offer = (leg: string): MediaOffer => ({
  type: "media.offer",
  leg,
  sdp: "offer",
  publish: { mic: "0", camera: "1", screen: "2" },
  audio_slots: ["3"],
  video_slots: ["4"],
  ice_servers: [],
})
