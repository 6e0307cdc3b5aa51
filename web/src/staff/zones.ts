import { regional } from "./format"

/** Names of time zones that the browser knows, with one in use that it may not know. */
export function zones(used = ""): string[] {
  const known = Intl.supportedValuesOf("timeZone")
  return [...new Set(["UTC", ...known, ...(used ? [used] : [])])].sort()
}

/** Day and time at a place; without a zone, at one's own. Null in a zone that the browser does not know. */
export function stamp(at: number, language: string, zone?: string): string | null {
  try {
    const format = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const
    return new Intl.DateTimeFormat(regional(language), { ...format, timeZone: zone }).format(at * 1000)
  } catch {
    return null
  }
}

/** Day and time in the zone of somebody else; null where their clocks show what one's own do. */
export function there(at: number, zone: string, language: string): string | null {
  const theirs = zone ? stamp(at, language, zone) : null
  return theirs === stamp(at, language) ? null : theirs
}
