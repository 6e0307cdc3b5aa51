import type { Part } from "../contract/messages"
import { correct, HOP_RATE, MAX_DRIFT, VOICE_RATE } from "./drift"
import { firstTimestamp } from "./webm"

/** Where the master clock is. */
export interface Moment {
  time: number
  rate: number
  /** It is played, even if it is held. */
  running: boolean
  /** It waits for media. */
  held: boolean
}

/** missing: the server does not have it; broken: it cannot be decoded; offline: it could not be fetched. */
export type Failure = "missing" | "broken" | "offline"

export type TrackState = { kind: "idle" } | { kind: "loading" } | { kind: "ready" } | { kind: "failed"; why: Failure }

/** The beginning of a part's file. Rejects with a `Failure`. */
export type FetchHead = (url: string) => Promise<Uint8Array>

export interface TrackSeams {
  element: (kind: "audio" | "video") => HTMLMediaElement
  head: FetchHead
  /** Seconds of the wall's clock. */
  now: () => number
}

/** A part is fetched when the playhead comes this near, and let go when it is far. Seconds of the timeline. */
const NEAR = 8
const FAR = 45
/** So long the others wait for a part that does not come. */
const PATIENCE = 3
/** A corrective seek is not repeated sooner. */
const BETWEEN_SEEKS = 1
/** A file is as long as its part within this. */
const SHORTER = 1

/** One recorded part and the element that plays it, kept in step with the moment it is told to follow. */
export class Track {
  readonly id: string
  readonly isVideo: boolean
  state: TrackState = { kind: "idle" }
  #element: HTMLMediaElement | null = null
  #seams: TrackSeams
  #changed: () => void
  /** The file's own time at `part.starts`. */
  #first = 0
  #headKnown = false
  #attempt = 0
  #soughtAt = Number.NEGATIVE_INFINITY
  #seekTook = 0.1
  #lateSince: number | null = null
  #ends: number

  constructor(
    readonly part: Part,
    seams: TrackSeams,
    changed: () => void,
  ) {
    this.id = part.id
    this.isVideo = part.label !== "mic"
    this.#ends = part.ends
    this.#seams = seams
    this.#changed = changed
  }

  /** Made once, at the first use; the same for the track's whole life. */
  get element(): HTMLMediaElement {
    if (!this.#element) {
      const element = this.#seams.element(this.isVideo ? "video" : "audio")
      element.muted = this.isVideo
      element.addEventListener("loadedmetadata", this.#settle)
      element.addEventListener("error", () => {
        if (element.getAttribute("src")) this.#fail(element.error?.code === 2 ? "offline" : "broken")
      })
      element.addEventListener("seeked", () => {
        this.#seekTook = Math.min(1, this.#seams.now() - this.#soughtAt)
      })
      element.addEventListener("ended", this.#shorten)
      this.#element = element
    }
    return this.#element
  }

  /** The playhead stands on this part. */
  covers(time: number): boolean {
    return time >= this.part.starts && time < this.#ends
  }

  /** Seconds by which the element is before its place; null when it shows nothing. */
  ahead(moment: Moment): number | null {
    const element = this.#element
    if (!element || this.state.kind !== "ready" || !this.covers(moment.time)) return null
    return element.currentTime - this.#place(moment.time)
  }

  /** Once for each tick: fetches, lets go, plays, pauses and corrects as the moment wants it. */
  follow(moment: Moment): void {
    const ahead = this.part.starts - moment.time
    const behind = moment.time - this.part.ends
    const near = NEAR * Math.max(1, moment.rate)
    if (ahead < near && behind < 0) this.#load()
    else if (ahead > Math.max(FAR, near) || behind > FAR) this.#release()
    if (this.state.kind !== "ready") return
    if (!this.covers(moment.time)) {
      this.#element?.pause()
      // Stands ready at its first frame, so that it begins without a gap.
      if (ahead > 0) this.#goTo(this.#first)
    } else if (!this.isVideo && moment.rate > VOICE_RATE) this.#element?.pause()
    else if (this.isVideo && moment.rate >= HOP_RATE && moment.running) this.#hop(moment)
    else if (moment.running && !moment.held) this.#play(moment)
    else {
      this.#element?.pause()
      // Who waits may stand a little beside its place: going there exactly would be heard.
      this.#goTo(this.#place(moment.time), moment.running ? MAX_DRIFT / 3 : 0.01)
    }
  }

  /** The clock should wait: this part is to be shown now and is not there yet. Patience is not endless. */
  blocks(moment: Moment): boolean {
    const wanted =
      moment.running &&
      this.covers(moment.time) &&
      this.state.kind !== "failed" &&
      moment.rate < HOP_RATE &&
      (this.isVideo || moment.rate <= VOICE_RATE)
    if (!wanted || this.#shown()) {
      this.#lateSince = null
      return false
    }
    this.#lateSince ??= this.#seams.now()
    return this.#seams.now() - this.#lateSince < PATIENCE
  }

  /** The playhead was moved: waiting begins anew, and nothing keeps the element from going there at once. */
  sought(): void {
    this.#lateSince = null
    this.#soughtAt = Number.NEGATIVE_INFINITY
  }

  /** Tries a failed part again. */
  retry(): void {
    if (this.state.kind !== "failed") return
    this.#release()
    this.#set({ kind: "idle" })
  }

  close(): void {
    this.#release()
  }

  #place(time: number): number {
    return time - this.part.starts + this.#first
  }

  #shown(): boolean {
    const element = this.#element
    if (!element || this.state.kind !== "ready" || element.seeking) return false
    return element.ended || element.readyState >= (element.paused ? 2 : 3)
  }

  #play(moment: Moment): void {
    const element = this.element
    const place = this.#place(moment.time)
    // The file may be a little shorter than its part: the last frame stays.
    if (element.ended && place >= element.currentTime) return
    if (element.paused) {
      if (!this.#goTo(place, MAX_DRIFT / 3)) return
      element.playbackRate = moment.rate
      element.play().catch(() => {})
      return
    }
    if (element.seeking || element.readyState < 3) return
    const fix = correct(element.currentTime - place, element.playbackRate, moment.rate)
    if (fix.kind === "rate") {
      if (element.playbackRate !== fix.rate) element.playbackRate = fix.rate
    } else if (this.#seams.now() - this.#soughtAt > BETWEEN_SEEKS) this.#seek(place)
  }

  /** Seeks unless it is there. False while it is on its way. */
  #goTo(place: number, tolerance = 0.01): boolean {
    const element = this.element
    if (element.seeking) return false
    if (element.ended && place >= element.currentTime) return true
    const end = Number.isFinite(element.duration) ? element.duration : Number.POSITIVE_INFINITY
    const aim = Math.min(Math.max(place, this.#first), Math.max(this.#first, end))
    if (Math.abs(element.currentTime - aim) <= tolerance) return true
    this.#seek(aim)
    return false
  }

  /** At high rates: the frame of where the clock will be when the seek is done, then the next. */
  #hop(moment: Moment): void {
    const element = this.element
    element.pause()
    if (element.seeking) return
    const aim = this.#place(Math.min(moment.time + this.#seekTook * moment.rate, this.part.ends))
    if (Math.abs(element.currentTime - aim) > 0.1 * moment.rate) this.#seek(aim)
  }

  #seek(place: number): void {
    this.#soughtAt = this.#seams.now()
    this.element.currentTime = place
  }

  #load(): void {
    if (this.state.kind !== "idle") return
    this.#set({ kind: "loading" })
    const attempt = ++this.#attempt
    const element = this.element
    element.preload = "auto"
    element.src = this.part.url
    if (this.#headKnown) return
    this.#seams.head(this.part.url).then(
      (bytes) => {
        if (attempt !== this.#attempt) return
        const first = firstTimestamp(bytes)
        if (first === null) return this.#fail(bytes.length ? "broken" : "missing", true)
        this.#first = first
        this.#headKnown = true
        this.#settle()
      },
      (why: unknown) => {
        if (attempt === this.#attempt) this.#fail(isFailure(why) ? why : "offline", true)
      },
    )
  }

  #settle = (): void => {
    const metadata = (this.#element?.readyState ?? 0) >= 1
    if (this.state.kind === "loading" && metadata && this.#headKnown) this.#set({ kind: "ready" })
  }

  /** A part of a recorder that was stopped may say more than its file holds: what is not there is not shown. */
  #shorten = (): void => {
    const really = this.part.starts + (this.#element?.currentTime ?? 0) - this.#first
    if (really < this.#ends - SHORTER) {
      this.#ends = really
      this.#changed()
    }
  }

  /** What the server said of the file is a better reason than what the decoder makes of its answer. */
  #fail(why: Failure, surely = false): void {
    if (this.state.kind === "failed" && !surely) return
    this.#element?.pause()
    this.#set({ kind: "failed", why })
  }

  #release(): void {
    this.#attempt++
    const element = this.#element
    if (element?.getAttribute("src")) {
      element.pause()
      element.removeAttribute("src")
      element.load()
    }
    if (this.state.kind !== "idle" && this.state.kind !== "failed") this.#set({ kind: "idle" })
  }

  #set(state: TrackState): void {
    this.state = state
    this.#changed()
  }
}

const FAILURES: readonly unknown[] = ["missing", "broken", "offline"]

function isFailure(value: unknown): value is Failure {
  return FAILURES.includes(value)
}

const HEAD_BYTES = 65_536

/** The beginning of the file over HTTP: enough for the header and the first block. */
export const fetchHead: FetchHead = async (url) => {
  let answer: Response
  try {
    answer = await fetch(url, { headers: { Range: `bytes=0-${HEAD_BYTES - 1}` }, credentials: "same-origin" })
  } catch {
    throw "offline" satisfies Failure
  }
  if (!answer.ok || !answer.body) throw (answer.status >= 500 ? "offline" : "missing") satisfies Failure
  // A server that ignores the range would send all of it.
  const reader = answer.body.getReader()
  const bytes = new Uint8Array(HEAD_BYTES)
  let length = 0
  while (length < HEAD_BYTES) {
    const { done, value } = await reader.read()
    if (done) break
    bytes.set(value.subarray(0, HEAD_BYTES - length), length)
    length += Math.min(value.length, HEAD_BYTES - length)
  }
  void reader.cancel()
  return bytes.subarray(0, length)
}
