import type { Op, PageOutcome, PageReason, Shown } from "./acts"
import type { Message } from "./format"

/**
 * What the page around the view (console, replay, preview) and the view say to each other over a MessagePort. The view
 * stands on another host, reaches nothing but this port, and is never believed: who gets its messages checks them.
 *
 * The first message is by `postMessage`, with the port: `{ type: "deskside.view" }`; the view answers `ready` on the port.
 */
export type ToView =
  /** A frame of the page stream as it came (`rs_server/protocol/page.py`). */
  | { type: "frame"; data: ArrayBuffer }
  /** A message that is whole already, for preview. */
  | { type: "message"; message: Message }
  /** Show nothing any more, and forget what was shown; `why` is said instead. Comes too before the frames of a socket
   * that was opened anew, since they begin with a page that may have been here before. */
  | { type: "clear"; why?: "waiting" | "loading" | "hidden" | "paused" | "alarm" | "ended" }
  /** Bytes of an asset that was wanted; null: it cannot be had. */
  | { type: "asset"; hash: string; mime: string; data: ArrayBuffer | null }
  | { type: "mode"; mode: ViewMode }
  /** What a colleague shows, or the person of this console from another window. */
  | { type: "shown"; by: Person; epoch: number; shown: Shown }
  | { type: "result"; act: string; outcome: PageOutcome; reason: PageReason | null }
  /** A recorded page part, all of it, as stored: see `page/record.ts`. Then `at` says what is shown. */
  | { type: "recorded"; data: ArrayBuffer }
  /** Seconds from the beginning of the recorded part. */
  | { type: "at"; at: number }

export type FromView =
  | { type: "ready" }
  | { type: "state"; state: ViewState }
  /** Assets that are shown and not there yet. */
  | { type: "want"; hashes: string[] }
  /** Of the person at the view, who has control. The host numbers it and says the number in `result`. */
  | { type: "act"; act: string; epoch: number; op: Op }
  | { type: "point"; epoch: number; shown: Shown }
  /** The stream cannot be understood; the host fetches it anew. */
  | { type: "broken"; why: string }
  /** Keyboard focus wants out of the view (Escape twice, or the end of its tab order). */
  | { type: "leave" }
  /** Replay: acts that were recorded, once, for the timeline. */
  | { type: "acts"; acts: RecordedAct[] }

export interface Person {
  id: string
  name: string
  /** Any CSS colour of the design tokens, in hex. */
  color: string
}

export interface ViewMode {
  /** Pointer and keys become acts. */
  control: boolean
  tool: "none" | "pointer" | "highlight" | "draw"
  scale: "fit" | "full"
  language: string
  dark: boolean
  me: Person
  customer: Person
}

export interface ViewState {
  epoch: number
  /** Something is shown. */
  shown: boolean
  /** All of the page is there. */
  whole: boolean
  /** Customer's viewport, CSS pixels. */
  width: number
  height: number
  scale: number
  address: string
  title: string
}

export interface RecordedAct {
  at: number
  by: string
  op: Op["op"]
  outcome: PageOutcome | null
  reason: PageReason | null
}
