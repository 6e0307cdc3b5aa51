import type { FolderUpload } from "../contract/messages"
import type { Place } from "./foldermodel"

/**
 * sending: from here to the server. asked: the client there was told, and says nothing yet. moving: it reads or writes.
 * saving: from the server to here. waiting: for the client or the line. conflict: for the agent to say what becomes of a file of that name.
 */
export type TransferState =
  | "queued"
  | "sending"
  | "asked"
  | "moving"
  | "saving"
  | "waiting"
  | "conflict"
  | "paused"
  | "failed"
  | "stopped"
  | "done"

export type TransferEvent =
  | "queue"
  | "send"
  | "ask"
  | "move"
  | "save"
  | "wait"
  | "clash"
  | "pause"
  | "fail"
  | "stop"
  | "finish"

const NEXT: Readonly<Record<TransferState, Partial<Record<TransferEvent, TransferState>>>> = {
  queued: {
    send: "sending",
    ask: "asked",
    save: "saving",
    wait: "waiting",
    clash: "conflict",
    pause: "paused",
    fail: "failed",
    stop: "stopped",
  },
  sending: { queue: "queued", pause: "paused", fail: "failed", stop: "stopped" },
  asked: {
    move: "moving",
    save: "saving",
    wait: "waiting",
    clash: "conflict",
    queue: "queued",
    fail: "failed",
    stop: "stopped",
    finish: "done",
  },
  moving: {
    move: "moving",
    save: "saving",
    wait: "waiting",
    clash: "conflict",
    queue: "queued",
    fail: "failed",
    stop: "stopped",
    finish: "done",
  },
  saving: { pause: "paused", fail: "failed", stop: "stopped", finish: "done" },
  waiting: { queue: "queued", pause: "paused", fail: "failed", stop: "stopped" },
  conflict: { queue: "queued", fail: "failed", stop: "stopped" },
  paused: { queue: "queued", fail: "failed", stop: "stopped" },
  failed: { queue: "queued" },
  stopped: { queue: "queued" },
  done: {},
}

export class IllegalTransfer extends Error {
  constructor(
    readonly state: TransferState,
    readonly event: TransferEvent,
  ) {
    super(`a transfer that is ${state} knows no ${event}`)
    this.name = "IllegalTransfer"
  }
}

/** The state after an event. Raises `IllegalTransfer`. */
export function follow(state: TransferState, event: TransferEvent): TransferState {
  const next = NEXT[state][event]
  if (!next) throw new IllegalTransfer(state, event)
  return next
}

export const knows = (state: TransferState, event: TransferEvent): boolean => NEXT[state][event] !== undefined

export type Exists = NonNullable<FolderUpload["exists"]>

export interface Transfer {
  readonly key: string
  readonly session: string
  readonly giver: string
  readonly kind: "download" | "upload"
  /** The folder there. */
  readonly place: Place
  /** The file's name there; after the end the one that it has. */
  readonly name: string
  /** Bytes; null while nobody has said. */
  readonly size: number | null
  /** Bytes of the way that it is on. */
  readonly moved: number
  readonly state: TransferState
  /** The session's file that carries it, once it is whole there. */
  readonly file: string | null
  readonly exists: Exists
  /** Those that were begun together, for whom one answer may hold. */
  readonly batch: string
  /** Why it failed or waits. */
  readonly reason: string | null
}

const RUNNING: ReadonlySet<TransferState> = new Set(["sending", "asked", "moving", "saving"])
const OVER: ReadonlySet<TransferState> = new Set(["failed", "stopped", "done"])

export const isRunning = (one: Transfer): boolean => RUNNING.has(one.state)
export const isOver = (one: Transfer): boolean => OVER.has(one.state)

/** 0 to 1. All goes two ways of the same length: to the server, and on from there. */
export function part(one: Transfer): number {
  if (one.state === "done") return 1
  const way = one.size ? Math.min(1, one.moved / one.size) : 0
  return one.file ? 0.5 + way / 2 : way / 2
}

export interface Told {
  readonly open: number
  readonly failed: number
  /** 0 to 1, of all that is not put away. */
  readonly part: number
}

/** All of them in one line. */
export function told(all: readonly Transfer[]): Told {
  const counted = all.filter((one) => one.state !== "stopped" && one.state !== "failed")
  const weight = (one: Transfer) => Math.max(1, one.size ?? 1)
  const total = counted.reduce((sum, one) => sum + weight(one), 0)
  const moved = counted.reduce((sum, one) => sum + weight(one) * part(one), 0)
  return {
    open: all.filter((one) => !isOver(one)).length,
    failed: all.filter((one) => one.state === "failed").length,
    part: total > 0 ? moved / total : 0,
  }
}
