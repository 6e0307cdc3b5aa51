import type { Trouble } from "../rtc/devices"
import { meter } from "../rtc/level"
import type { LocalMedia } from "../rtc/local"

export type Result =
  | { kind: "idle" }
  | { kind: "running" }
  | { kind: "good"; value?: number }
  | { kind: "slow"; value: number }
  /** Texts get through, sound and pictures perhaps not. */
  | { kind: "narrow" }
  | { kind: "bad"; why: Trouble | "offline" }

/** Milliseconds to the server and back from which talking becomes tiresome. */
const SLOW_MS = 300
/** Level from which we say that something was heard. */
const HEARD = 0.15

/** Looks at microphone, camera and network before the talk. Really uses them; sends nothing. */
export class Check {
  network: Result = { kind: "idle" }
  /** Loudness now, and whether anything was heard yet. */
  level = 0
  heard = false
  started = false
  #over = false
  #ended: (() => void) | null = null
  #metered: MediaStreamTrack | null = null

  constructor(
    readonly local: LocalMedia,
    /** Resolves with the time to the server and back in ms. */
    readonly ping: () => Promise<number>,
    /** Resolves with false when sound and pictures may find no way; rejects as `ping`. */
    readonly relayed: () => Promise<boolean>,
    readonly changed: () => void,
  ) {}

  /** The network at once; microphone and camera only when the person wants it: a light that goes on unasked frightens. */
  begin(): void {
    void this.testNetwork()
  }

  /** Within a click, because the browser asks. */
  async devices(): Promise<void> {
    this.started = true
    this.changed()
    await this.microphone()
    // Somebody may have answered while the browser asked, or the person has left.
    if (!this.#over && this.result("mic").kind !== "idle") await this.camera()
  }

  /** Within a click: on, or off again. */
  async toggle(label: "mic" | "camera"): Promise<void> {
    if (!this.local.track(label)) {
      await (label === "mic" ? this.microphone() : this.camera())
      return
    }
    if (label === "mic") this.#deaf()
    this.local.drop(label)
    this.changed()
  }

  /** Goes on with what is captured already. */
  resume(): void {
    if (this.#over || !(this.local.track("mic") || this.local.track("camera"))) return
    this.started = true
    this.#listen()
    this.changed()
  }

  async microphone(): Promise<void> {
    await this.local.prepare("mic")
    if (!this.#over) this.#listen()
    this.changed()
  }

  async camera(): Promise<void> {
    await this.local.prepare("camera")
    this.changed()
  }

  async testNetwork(): Promise<void> {
    this.network = { kind: "running" }
    this.changed()
    try {
      const [value, relayed] = await Promise.all([this.#time(), this.relayed()])
      if (!relayed) this.network = { kind: "narrow" }
      else this.network = value > SLOW_MS ? { kind: "slow", value } : { kind: "good", value }
    } catch {
      this.network = { kind: "bad", why: "offline" }
    }
    this.changed()
  }

  async #time(): Promise<number> {
    const times: number[] = []
    for (let round = 0; round < 3; round++) times.push(await this.ping())
    return Math.round(Math.min(...times))
  }

  result(label: "mic" | "camera"): Result {
    const line = this.local.state(label)
    if (line.kind === "trouble") return { kind: "bad", why: line.why }
    if (line.kind === "asking") return { kind: "running" }
    return line.kind === "off" ? { kind: "idle" } : { kind: "good" }
  }

  /** Ends the meter; `drop` also lets go of what was captured for the check. */
  end(drop = true): void {
    this.#over = true
    this.#deaf()
    if (drop) for (const label of ["mic", "camera"] as const) this.local.drop(label)
  }

  #deaf(): void {
    this.#ended?.()
    this.#ended = null
    this.#metered = null
    this.level = 0
    this.heard = false
  }

  #listen(): void {
    const track = this.local.track("mic")
    if (!track || track === this.#metered) return
    this.#ended?.()
    this.#metered = track
    this.#ended = meter(track, (level) => {
      this.level = level
      if (level > HEARD) this.heard = true
      this.changed()
    })
  }
}
