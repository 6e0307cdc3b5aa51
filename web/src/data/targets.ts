import type { ClientBody, TransferTargets } from "../contract/messages"
import { request } from "./http"

export const fetchTargets = (signal?: AbortSignal) =>
  request<TransferTargets>("GET", "/desk/targets", undefined, signal)

export type Target = { kind: "queue" | "agent"; id: string; name: string }

export const transfer = (to: Target, note: string): ClientBody => ({
  type: "session.transfer",
  queue: to.kind === "queue" ? to.id : null,
  agent: to.kind === "agent" ? to.id : null,
  note: note.trim(),
})
