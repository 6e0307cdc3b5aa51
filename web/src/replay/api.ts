import { useCallback, useEffect, useState } from "react"
import type { DeskConfig, SessionDetail, SessionPage, Timeline } from "../contract/messages"
import { request } from "../data/http"
import { Refused } from "../wire/control"

/** What the list is searched by. Empty means all; days are the reader's own, `YYYY-MM-DD`. */
export interface Search {
  query: string
  agent: string
  queue: string
  since: string
  until: string
}

export const EVERYTHING: Search = { query: "", agent: "", queue: "", since: "", until: "" }

const get = <T>(path: string, signal: AbortSignal) => request<T>("GET", path, undefined, signal)

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
      (value) => {
        if (!abort.signal.aborted) setState({ kind: "ready", value })
      },
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
