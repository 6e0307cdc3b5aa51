import type { Part } from "../contract/messages"
import { type Act, readActs } from "./pageacts"
import type { Failure, Moment, TrackState } from "./track"

/** The whole file of a part. `told` hears the share that has come, 0 to 1. Rejects with a `Failure`. */
export type FetchFile = (
  part: Pick<Part, "url" | "bytes">,
  told: (share: number) => void,
  signal: AbortSignal,
) => Promise<ArrayBuffer>

export interface PageSeams {
  file: FetchFile
  /** Seconds of the wall's clock. */
  now: () => number
}

/** Seconds of the timeline before a part in which its view is made ready, and after it in which it stays. */
const NEAR = 8
/** So long the others wait for a view that does not come. */
const PATIENCE = 3
/** Bytes; a larger part is fetched only when it is near. */
const SMALL = 8 * 1024 * 1024

/**
 * A recorded part of the customer's page. What shows it follows the clock by itself; here it is fetched, at once where
 * it is small, because the timeline marks what was done in it, and the clock waits until it is shown.
 */
export class PageTrack {
  readonly id: string
  state: TrackState = { kind: "idle" }
  /** A view of it should be there. */
  near = false
  /** 0 to 1, while it is loaded. */
  share = 0
  acts: readonly Act[] = []
  #data: ArrayBuffer | null = null
  #seams: PageSeams
  #changed: () => void
  #shown = false
  #lateSince: number | null = null
  #abort = new AbortController()

  constructor(
    readonly part: Part,
    seams: PageSeams,
    changed: () => void,
  ) {
    this.id = part.id
    this.#seams = seams
    this.#changed = changed
  }

  /** A copy of the file, for a view to keep; null while it is not here. */
  take(): ArrayBuffer | null {
    return this.#data?.slice(0) ?? null
  }

  /** Whether its view shows something of it now. */
  show(shown: boolean): void {
    this.#shown = shown
  }

  covers(time: number): boolean {
    return time >= this.part.starts && time < this.part.ends
  }

  follow(moment: Moment): void {
    const within = NEAR * Math.max(1, moment.rate)
    const near = moment.time > this.part.starts - within && moment.time < this.part.ends + within
    if (near || this.part.bytes <= SMALL) this.#load()
    if (near === this.near) return
    this.near = near
    if (!near) this.#shown = false
    this.#changed()
  }

  /** As of a track: the clock should wait, for a while. */
  blocks(moment: Moment): boolean {
    if (!moment.running || !this.covers(moment.time) || this.state.kind === "failed" || this.#shown) {
      this.#lateSince = null
      return false
    }
    this.#lateSince ??= this.#seams.now()
    return this.#seams.now() - this.#lateSince < PATIENCE
  }

  sought(): void {
    this.#lateSince = null
  }

  retry(): void {
    if (this.state.kind !== "failed") return
    this.#set({ kind: "idle" })
  }

  close(): void {
    this.#abort.abort()
    this.#data = null
  }

  #load(): void {
    if (this.state.kind !== "idle") return
    this.#set({ kind: "loading" })
    const { signal } = this.#abort
    const told = (share: number) => {
      // What comes is waited for, however slowly.
      if (this.#lateSince !== null) this.#lateSince = this.#seams.now()
      if (share - this.share < 0.02 && share < 1) return
      this.share = share
      this.#changed()
    }
    this.#seams.file(this.part, told, signal).then(
      async (data) => {
        if (signal.aborted) return
        this.#data = data
        this.#set({ kind: "ready" })
        this.acts = await readActs(data)
        if (!signal.aborted) this.#changed()
      },
      (why: unknown) => {
        if (!signal.aborted) this.#set({ kind: "failed", why: isFailure(why) ? why : "offline" })
      },
    )
  }

  #set(state: TrackState): void {
    this.state = state
    this.#changed()
  }
}

function isFailure(value: unknown): value is Failure {
  return value === "missing" || value === "broken" || value === "offline"
}

/** Over HTTP, with its progress. */
export const fetchFile: FetchFile = async ({ url, bytes }, told, signal) => {
  const answer = await fetch(url, { credentials: "same-origin", signal }).catch(() => {
    throw "offline" satisfies Failure
  })
  if (!answer.ok || !answer.body) throw (answer.status >= 500 ? "offline" : "missing") satisfies Failure
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const reader = answer.body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw "offline" satisfies Failure
    })
    if (done) break
    pieces.push(value)
    size += value.length
    told(bytes > 0 ? Math.min(1, size / bytes) : 0)
  }
  if (size === 0) throw "missing" satisfies Failure
  return new Blob(pieces).arrayBuffer()
}
