import type { DeskRules, Limit, Shift, Waiting } from "../contract/messages"

/** What the indicator of the contacts says that wait and that this agent can handle. */
export type Signal = "off" | "on" | "slow" | "fast"
export type Level = "plain" | "warn" | "alarm"

export interface Indication {
  readonly signal: Signal
  readonly count: number
  /** Arrival of the one who waits longest. */
  readonly oldest: number | null
}

/** By how many there are or by how long the oldest waits, whichever says more. */
export function indication(waiting: readonly Waiting[], rules: DeskRules, now: number): Indication {
  const mine = waiting.filter((one) => one.can_handle && one.offered_to === null)
  const count = mine.length
  if (count === 0) return { signal: "off", count, oldest: null }
  const oldest = Math.min(...mine.map((one) => one.arrived_at))
  const waited = now - oldest
  const { slow_count = 3, slow_seconds = 60, fast_count = 6, fast_seconds = 180 } = rules
  if (count >= fast_count || waited >= fast_seconds) return { signal: "fast", count, oldest }
  if (count >= slow_count || waited >= slow_seconds) return { signal: "slow", count, oldest }
  return { signal: "on", count, oldest }
}

export interface Figure {
  /** None until there is something to reckon with. */
  readonly value: number | null
  readonly level: Level
}

export interface Figures {
  /** Share of the time signed in, 0 to 1. */
  readonly busy: Figure
  /** Mean handle time, seconds. */
  readonly handleTime: Figure
  readonly handled: Figure
}

/** So long a shift has to be before the number of contacts in an hour says something, seconds. */
export const EARLY = 1800

/** The own figures as they are now: what runs on is reckoned on from the server's counts. */
export function figures(shift: Shift, rules: DeskRules, now: number): Figures {
  const gone = Math.max(0, now - shift.at)
  const signedIn = shift.signed_in + (shift.online ? gone : 0)
  const busy = signedIn > 0 ? Math.min(1, (shift.busy + (shift.working ? gone : 0)) / signedIn) : null
  const mean = shift.handled > 0 ? shift.handle / shift.handled : null
  const anHour = signedIn >= EARLY ? shift.handled / (signedIn / 3600) : null
  return {
    busy: { value: busy, level: above(busy, rules.busy) },
    handleTime: { value: mean, level: above(mean, rules.handle_time) },
    handled: { value: shift.handled, level: below(anHour, rules.handled) },
  }
}

function above(value: number | null, limit: Limit | undefined): Level {
  if (value === null || !limit) return "plain"
  if (limit.alarm != null && value >= limit.alarm) return "alarm"
  return limit.warn != null && value >= limit.warn ? "warn" : "plain"
}

function below(value: number | null, limit: Limit | undefined): Level {
  if (value === null || !limit) return "plain"
  if (limit.alarm != null && value < limit.alarm) return "alarm"
  return limit.warn != null && value < limit.warn ? "warn" : "plain"
}
