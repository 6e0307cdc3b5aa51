export { initials } from "../ui/initials"

/** `04:12`, or `1:04:12` from an hour on. */
export function running(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3600)
  const rest = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0")).join(":")
  return hours ? `${hours}:${rest}` : rest
}

/** The person's own kind of the language (24 hours in London, 12 in New York), where the browser tells it. */
export function regional(language: string): string {
  return globalThis.navigator?.languages?.find((one) => one.startsWith(language)) ?? language
}

export function clock(at: number, language: string): string {
  return new Intl.DateTimeFormat(regional(language), { hour: "2-digit", minute: "2-digit" }).format(at * 1000)
}

export function exact(at: number, language: string): string {
  return new Intl.DateTimeFormat(regional(language), { dateStyle: "medium", timeStyle: "medium" }).format(at * 1000)
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
]

export function ago(at: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" })
  const away = at - now
  for (const [unit, seconds] of STEPS) {
    if (Math.abs(away) >= seconds) return format.format(Math.trunc(away / seconds), unit)
  }
  return format.format(0, "minute")
}

export function bytes(size: number, language: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const
  const step = Math.min(3, size > 0 ? Math.floor(Math.log10(size) / 3) : 0)
  const unit = units[step] ?? "byte"
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 || size / 1000 ** step >= 10 ? 0 : 1,
  }).format(size / 1000 ** step)
}

export function percent(part: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(part)
}

export function seconds(amount: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "unit", unit: "second", unitDisplay: "long" }).format(
    Math.max(0, Math.ceil(amount)),
  )
}
