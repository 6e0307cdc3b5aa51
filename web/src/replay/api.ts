import { useCallback, useEffect, useState } from "react"
import type { DeskConfig, ErrorInfo, SessionDetail, SessionPage, Timeline } from "../contract/messages"
import { Refused } from "../wire/control"

const BASE = "/api/v1"

/** What the list is searched by. Empty means all; days are the reader's own, `YYYY-MM-DD`. */
export interface Search {
  query: string
  agent: string
  queue: string
  since: string
  until: string
}

export const EVERYTHING: Search = { query: "", agent: "", queue: "", since: "", until: "" }

async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(BASE + path, { credentials: "same-origin", signal })
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new Refused({ code: "offline", message: String(cause) })
  }
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok && body !== null) return body as T
  throw new Refused(errorOf(answer.status, body))
}

function errorOf(status: number, body: unknown): ErrorInfo {
  const told = (body as { error?: ErrorInfo } | null)?.error ?? (body as ErrorInfo | null)
  if (typeof told?.code === "string") return told
  const codes: Record<number, ErrorInfo["code"]> = { 401: "not_signed_in", 403: "not_allowed", 404: "not_found" }
  return { code: codes[status] ?? "server_error", message: `status ${status}` }
}

export const api = {
  sessions: (search: Search, cursor: string | null, signal: AbortSignal) =>
    get<SessionPage>(`/sessions?${listQuery(search, cursor)}`, signal),
  detail: (session: string, signal: AbortSignal) => get<SessionDetail>(`/sessions/${session}`, signal),
  timeline: (session: string, signal: AbortSignal) => get<Timeline>(`/sessions/${session}/timeline`, signal),
  desk: (signal: AbortSignal) => get<DeskConfig>("/desk/config", signal),
}

/** Query of the list of sessions. Days become seconds since the epoch: from the first's beginning to the last's end. */
export function listQuery(search: Search, cursor: string | null): string {
  const query = new URLSearchParams()
  const { since, until, ...plain } = search
  for (const [name, value] of Object.entries(plain)) if (value.trim()) query.set(name, value.trim())
  const from = dayStart(since, 0)
  const to = dayStart(until, 1)
  if (from !== null) query.set("since", String(from))
  if (to !== null) query.set("until", String(to))
  if (cursor) query.set("cursor", cursor)
  return query.toString()
}

function dayStart(day: string, later: number): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)
  if (!match) return null
  return new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later).getTime() / 1000
}

export type Loaded<T> = { kind: "loading" } | { kind: "error"; code: string } | { kind: "ready"; value: T }

/** Loads when `load` changes, and again when asked. `load` must be a stable function. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>): [Loaded<T>, () => void] {
  const [state, setState] = useState<Loaded<T>>({ kind: "loading" })
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn loads again
  useEffect(() => {
    const abort = new AbortController()
    setState({ kind: "loading" })
    load(abort.signal).then(
      (value) => setState({ kind: "ready", value }),
      (error: unknown) => {
        if (!abort.signal.aborted) setState({ kind: "error", code: codeOf(error) })
      },
    )
    return () => abort.abort()
  }, [load, turn])
  return [state, useCallback(() => setTurn((n) => n + 1), [])]
}

export function codeOf(error: unknown): string {
  return error instanceof Refused ? error.code : "server_error"
}
