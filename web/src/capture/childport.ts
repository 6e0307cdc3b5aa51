import type { Op, PageOutcome, PageReason, Shown } from "../page/acts"
import type { Event } from "../page/format"
import type { Fetched } from "./depot"

export type By = { id: string; name: string }

/** What the page around a frame says to the capture in it, over their port. */
export type ToChild =
  | { type: "start"; texts: Record<string, string>; language: string; controllers: readonly string[] }
  /** Who may act from now on; what somebody else began ends. */
  | { type: "revoke"; controllers: readonly string[] }
  | { type: "stop" }
  | { type: "act"; n: number; op: Op; by: By }
  | { type: "show"; shown: Shown; by: By }
  | { type: "answer"; n: number; value: Fetched | boolean | null }

export type FromChild =
  | { type: "events"; events: Event[] }
  | { type: "acted"; n: number; outcome: PageOutcome; reason: PageReason | null }
  | { type: "put"; n: number; hash: string; content: Blob }
  | { type: "ask"; n: number; url: string }
