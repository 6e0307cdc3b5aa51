import { capture, DeviceTrouble, type Trouble } from "./devices"
import type { Label } from "./peer"

export type LineState =
  | { kind: "off" }
  /** The browser is asking the person. */
  | { kind: "asking" }
  /** Captured for a look at oneself; not sent. */
  | { kind: "ready"; track: MediaStreamTrack }
  | { kind: "on"; track: MediaStreamTrack; muted: boolean }
  | { kind: "trouble"; why: Trouble }

export interface LocalOptions {
  publish: (label: Label, track: MediaStreamTrack | null) => Promise<void>
  changed: () => void
  /** The browser or the device ended it: unplugged, or the browser's own *stop sharing*. */
  ended: (label: Label) => void
  capture?: typeof capture
}

const OFF: LineState = { kind: "off" }

/** Microphone, camera and share of this page: what is captured, and what of it is sent. */
export class LocalMedia {
  #options: LocalOptions
  #lines: Record<Label, LineState> = { mic: OFF, camera: OFF, screen: OFF }
  /** Counts the starts and stops, so that an answer that comes too late is thrown away. */
  #turn: Record<Label, number> = { mic: 0, camera: 0, screen: 0 }
  #device: Partial<Record<Label, string>> = {}

  constructor(options: LocalOptions) {
    this.#options = options
  }

  state(label: Label): LineState {
    return this.#lines[label]
  }

  track(label: Label): MediaStreamTrack | null {
    const line = this.#lines[label]
    return line.kind === "ready" || line.kind === "on" ? line.track : null
  }

  isOn(label: Label): boolean {
    return this.#lines[label].kind === "on"
  }

  /** Capture without sending. False when it could not be had; `state` says why. */
  async prepare(label: Label): Promise<boolean> {
    if (this.track(label)) return true
    const turn = ++this.#turn[label]
    this.#set(label, { kind: "asking" })
    try {
      const track = await (this.#options.capture ?? capture)(label, this.#device[label])
      if (turn !== this.#turn[label]) {
        track.stop()
        return false
      }
      track.addEventListener("ended", () => {
        if (this.track(label) !== track) return
        this.stop(label)
        this.#options.ended(label)
      })
      this.#set(label, { kind: "ready", track })
      return true
    } catch (error) {
      if (turn === this.#turn[label]) {
        this.#set(label, { kind: "trouble", why: error instanceof DeviceTrouble ? error.why : "unknown" })
      }
      return false
    }
  }

  /** Capture and send; `muted`: silent from its first sample on. */
  async start(label: Label, muted = false): Promise<boolean> {
    if (!(await this.prepare(label))) return false
    const track = this.track(label)
    if (!track) return false
    track.enabled = !muted
    this.#set(label, { kind: "on", track, muted })
    await this.#options.publish(label, track)
    return true
  }

  /** Takes effect before it returns: the track is dead and nothing more leaves. */
  stop(label: Label): void {
    this.#turn[label]++
    const track = this.track(label)
    track?.stop()
    this.#set(label, OFF)
    if (track) void this.#options.publish(label, null)
  }

  /** Stop what was captured for a look only. */
  drop(label: Label): void {
    if (this.#lines[label].kind !== "on") this.stop(label)
  }

  /** Silence without giving up the device. */
  mute(muted: boolean): void {
    const line = this.#lines.mic
    if (line.kind !== "on") return
    line.track.enabled = !muted
    this.#set("mic", { ...line, muted })
  }

  /** Use another device from now on. */
  async choose(label: "mic" | "camera", device: string): Promise<boolean> {
    this.#device[label] = device
    const before = this.#lines[label]
    if (before.kind !== "on" && before.kind !== "ready") return true
    this.stop(label)
    return before.kind === "on" ? this.start(label, before.muted) : this.prepare(label)
  }

  chosen(label: "mic" | "camera"): string {
    return this.track(label)?.getSettings?.().deviceId ?? this.#device[label] ?? ""
  }

  close(): void {
    for (const label of ["mic", "camera", "screen"] as const) this.stop(label)
  }

  #set(label: Label, state: LineState): void {
    this.#lines[label] = state
    this.#options.changed()
  }
}
