import type { Span } from "./types"

/** Minutes of the day of `HH:MM`; `24:00` is its end. */
export function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number)
  return hours * 60 + rest
}

export function timeOf(minute: number): string {
  const two = (part: number) => String(part).padStart(2, "0")
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

const DAY = 24 * 60
const HOUR = 60

/** A span to begin with after those that are there; none when the day is full. */
export function nextSpan(spans: readonly Span[]): Span | null {
  const last = spans.at(-1)
  if (!last) return { start: "09:00", to: "17:00" }
  const start = minutes(last.to) + HOUR
  if (start >= DAY) return null
  return { start: timeOf(start), to: timeOf(Math.min(start + 4 * HOUR, DAY)) }
}

/** Days of the week from Monday, in the language. */
export function weekdays(language: string, style: "long" | "short" = "long"): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: style, timeZone: "UTC" })
  // The fifth of January 1970 was a Monday.
  return [0, 1, 2, 3, 4, 5, 6].map((day) => format.format(new Date(Date.UTC(1970, 0, 5 + day))))
}

/** Midnight UTC of `YYYY-MM-DD`, for dates that belong to no zone. */
export function dateOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

export function dayIn(zone: string, at: number): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(at)
}

/** Minutes by which the zone is ahead of UTC at an instant. */
function offset(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(at)
  const text = parts.find((part) => part.type === "timeZoneName")?.value ?? ""
  const match = /([+-])(\d\d):(\d\d)/.exec(text)
  if (!match) return 0
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]))
}

/** Minutes that clocks of the zone are put forward (less than 0: back) on the day; 0 on nearly all days. */
export function clockChange(zone: string, day: string): number {
  const noon = dateOf(day).getTime() + (DAY / 2) * 60_000
  const half = (DAY / 2) * 60_000
  const near = offset(zone, noon)
  const local = noon - near * 60_000
  return offset(zone, local + half) - offset(zone, local - half)
}
