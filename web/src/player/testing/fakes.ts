import type { Part, SessionInfo } from "../../contract/messages"
import type { PlayerSeams } from "../player"

/** A clock that goes only when told, and media elements that live by it. */
export class FakeWorld {
  seconds = 0
  elements: FakeMedia[] = []
  ticks = new Set<() => void>()
  heads = new Map<string, Uint8Array | string>()
  /** By address; a page whose file is not here is on its way for ever. */
  files = new Map<string, ArrayBuffer | string>()

  readonly seams: PlayerSeams = {
    now: () => this.seconds,
    element: () => {
      const media = new FakeMedia(this)
      this.elements.push(media)
      return media as unknown as HTMLMediaElement
    },
    head: async (url) => {
      const head = this.heads.get(url) ?? webm(0)
      if (typeof head === "string") throw head
      return head
    },
    file: async ({ url }) => {
      const file = this.files.get(url)
      if (file === undefined) return new Promise<never>(() => {})
      if (typeof file === "string") throw file
      return file
    },
    frames: (tick) => {
      this.ticks.add(tick)
      return () => this.ticks.delete(tick)
    },
  }

  /** Lets time pass in frames of 20 ms. */
  async run(seconds: number): Promise<void> {
    for (let i = 0; i < Math.round(seconds / 0.02); i++) {
      this.seconds += 0.02
      for (const media of this.elements) media.advance(0.02)
      for (const tick of this.ticks) tick()
      await Promise.resolve()
      await Promise.resolve()
    }
  }

  of(url: string): FakeMedia | undefined {
    return this.elements.find((media) => media.src === url)
  }
}

/** As much of a media element as a track uses. `seekTakes` and `speed` are the test's levers. */
export class FakeMedia extends EventTarget {
  src = ""
  preload = ""
  muted = false
  paused = true
  seeking = false
  ended = false
  playbackRate = 1
  readyState = 0
  duration = 1000
  error: { code: number } | null = null
  seekTakes = 0.06
  loadTakes = 0.1
  speed = 1
  seeks = 0
  #time = 0
  #left = 0

  constructor(readonly world: FakeWorld) {
    super()
  }
  get currentTime(): number {
    return this.#time
  }
  set currentTime(time: number) {
    this.#time = time
    this.seeking = true
    this.ended = false
    this.seeks++
    this.#left = this.seekTakes
  }
  getAttribute(): string | null {
    return this.src || null
  }
  removeAttribute(): void {
    this.src = ""
    this.readyState = 0
  }
  load(): void {}
  pause(): void {
    this.paused = true
  }
  async play(): Promise<void> {
    this.paused = false
  }
  fail(code: number): void {
    this.error = { code }
    this.dispatchEvent(new Event("error"))
  }
  advance(seconds: number): void {
    if (this.src && this.readyState === 0) {
      this.loadTakes -= seconds
      if (this.loadTakes <= 0) {
        this.readyState = 4
        this.dispatchEvent(new Event("loadedmetadata"))
      }
    }
    if (this.seeking) {
      this.#left -= seconds
      if (this.#left <= 0) {
        this.seeking = false
        this.dispatchEvent(new Event("seeked"))
      }
    } else if (!this.paused && this.readyState >= 3 && !this.ended) {
      this.#time += seconds * this.playbackRate * this.speed
      if (this.#time >= this.duration) {
        this.#time = this.duration
        this.ended = true
      }
    }
  }
}

/** A file with one cluster of one keyframe at `ms`. */
export function webm(ms: number): Uint8Array {
  return new Uint8Array([
    ...[0x1a, 0x45, 0xdf, 0xa3, 0x80],
    ...[0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ...[0x1f, 0x43, 0xb6, 0x75, 0xff],
    ...[0xe7, 0x84, (ms >>> 24) & 255, (ms >>> 16) & 255, (ms >>> 8) & 255, ms & 255],
    ...[0xa3, 0x86, 0x81, 0x00, 0x00, 0x80, 0x11, 0x22],
    ...[0xa3, 0x85, 0x81, 0x00, 0x14, 0x00, 0x33],
  ])
}

export function part(id: string, label: Part["label"], starts: number, ends: number, participant = "p1"): Part {
  return {
    id,
    label,
    starts,
    ends,
    participant,
    name: participant,
    role: participant === "p1" ? "customer" : "agent",
    bytes: 1,
    frames: 1,
    complete: true,
    codec: label === "mic" ? "opus" : label === "page" ? "page" : "vp8",
    url: `/parts/${id}`,
  }
}

export const session: SessionInfo = {
  id: "s1",
  reference: "123-456",
  state: "ended",
  kind: "inbound",
  company: "Acme",
  site: null,
  queue: null,
  queue_name: null,
  customer_name: "Jeanne",
  question: "",
  page_url: "",
  language: "en",
  created_at: 0,
  waiting_since: null,
  answered_at: null,
  ended_at: null,
  ended_by: null,
  primary: null,
  recording: false,
  recording_policy: "always",
}
