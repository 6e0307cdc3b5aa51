import type {
  CallbackClose,
  CallbackCreate,
  CallbackDetail,
  CallbackEdit,
  CallbackInfo,
  CallbackPage,
} from "../contract/messages"
import { request } from "../data/http"
import { Refused } from "../wire/control"

export type State = CallbackInfo["state"]
export const LIVE: readonly State[] = ["scheduled", "queued", "attempting"]

export type Period = "any" | "overdue" | "today" | "week"

export interface Filter {
  text: string
  queue: string | null
  /** One state, `live` for those that are to be called, or `any`. */
  state: State | "live" | "any"
  agent: string | null
  period: Period
}

export const NO_FILTER: Filter = { text: "", queue: null, state: "live", agent: null, period: "any" }

export function query(filter: Filter, after: string | null, now = Date.now()): string {
  const params = new URLSearchParams()
  if (filter.text.trim()) params.set("text", filter.text.trim())
  if (filter.queue) params.set("queue", filter.queue)
  if (filter.state === "live") params.set("state", LIVE.join(","))
  else if (filter.state !== "any") params.set("state", filter.state)
  if (filter.agent) params.set("agent", filter.agent)
  const until = end(filter.period, now)
  if (until !== null) params.set("until", String(until))
  if (after) params.set("after", after)
  return params.toString()
}

/** Seconds since the epoch. */
function end(period: Period, now: number): number | null {
  switch (period) {
    case "any":
      return null
    case "overdue":
      return now / 1000
    case "today":
      return new Date(now).setHours(24, 0, 0, 0) / 1000
    case "week":
      return now / 1000 + 7 * 86_400
  }
}

const one = (id: string) => `/callbacks/${encodeURIComponent(id)}`

export const find = (filter: Filter, after: string | null, signal?: AbortSignal) =>
  request<CallbackPage>("GET", `/callbacks?${query(filter, after)}`, undefined, signal)
export const create = (body: CallbackCreate) => request<CallbackInfo>("POST", "/callbacks", body)
export const change = (id: string, body: CallbackEdit) => request<CallbackInfo>("PATCH", one(id), body)
export const cancel = (id: string) => request<CallbackInfo>("DELETE", one(id))
export const get = (id: string) => request<CallbackDetail>("GET", one(id))
export const ofSession = (session: string) =>
  request<CallbackDetail>("GET", `/sessions/${encodeURIComponent(session)}/callback`)
export const dial = (id: string) => request<CallbackDetail>("POST", `${one(id)}/dial`)
export const close = (id: string, body: CallbackClose) => request<CallbackDetail>("POST", `${one(id)}/close`, body)

/** Key of the words for a refusal, among the errors of the callbacks; null: one that every part of the console knows. */
export function errorOf(cause: unknown): { key: string | null; code: string } {
  if (!(cause instanceof Refused)) return { key: null, code: "server_error" }
  const { code } = cause.error
  const field = "field" in cause.error ? cause.error.field : null
  if (code === "queue_closed") return { key: "hours", code }
  if (code === "conflict" && field === "number") return { key: "exists", code }
  const known = ["number", "email", "version", "state", "at", "queue", "agent", "attempt", "attempts", "outcome_code"]
  return { key: field && known.includes(field) ? field : null, code }
}

/** Country of the browser's language: of a number without a country code. */
export function country(): string {
  const found = globalThis.navigator?.languages?.map((one) => /-([A-Z]{2})$/.exec(one)?.[1]).find(Boolean)
  return found ?? ""
}

/** For a field of day and time, in the person's own zone. */
export function toField(at: number): string {
  const date = new Date(at * 1000)
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

/** Seconds since the epoch; null for an empty field. */
export function fromField(text: string): number | null {
  const at = new Date(text).getTime() / 1000
  return Number.isFinite(at) ? at : null
}
