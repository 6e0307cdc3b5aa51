import { currentLanguage, t } from "./text"

/** A wait in plain words; never more exact than it can be known. */
export function wait(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return t("queue.unknown")
  if (seconds < 45) return t("queue.soon")
  const minutes = Math.max(1, Math.round(seconds / 60))
  if (minutes <= 60) return t("queue.minutes", { count: minutes })
  return t("queue.hours", { count: Math.round(minutes / 60) })
}

/** A length of time that is over. */
export function lasted(seconds: number): string {
  if (seconds < 60) return t("time.seconds", { count: Math.max(1, Math.round(seconds)) })
  return t("time.minutes", { count: Math.round(seconds / 60) })
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const

export function bytes(size: number): string {
  let unit = 0
  let value = size
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return new Intl.NumberFormat(currentLanguage(), {
    style: "unit",
    unit: UNITS[unit] ?? "byte",
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value)
}

/** Hour and minute in the person's own zone. `at` in seconds since the epoch. */
export function clock(at: number): string {
  return new Intl.DateTimeFormat(region(), { hour: "2-digit", minute: "2-digit" }).format(at * 1000)
}

/** The browser's own kind of the page's language, as it knows whether the day has twice twelve hours. */
function region(): string {
  const language = currentLanguage()
  return (navigator.languages ?? []).find((one) => one.toLowerCase().split("-")[0] === language) ?? language
}

/** The digits of a session number, at most nine, in groups of three as they are read out. */
export function spaced(typed: string): string {
  return (
    typed
      .replace(/\D/g, "")
      .slice(0, 9)
      .match(/\d{1,3}/g) ?? []
  ).join(" ")
}

/** Names in one sentence: "Ana, Bo and Cy". */
export function names(list: readonly string[]): string {
  return new Intl.ListFormat(currentLanguage(), { type: "conjunction" }).format(list)
}

export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] || name
}
