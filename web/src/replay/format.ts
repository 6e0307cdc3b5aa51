import { regional } from "../staff/format"

export { bytes, running as clock } from "../staff/format"

/** Times and sizes as people write them, in the page's language and the reader's zone. */

/** A length of time in words: 18 min 44 s. */
export function length(seconds: number, language: string): string {
  const whole = Math.max(0, Math.round(seconds))
  const units: [number, string][] = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ]
  const shown = units.filter(([n], i) => n > 0 || (i === 2 && whole === 0))
  return shown
    .map(([n, unit]) =>
      new Intl.NumberFormat(regional(language), { style: "unit", unit, unitDisplay: "short" }).format(n),
    )
    .join(" ")
}

export function dateTime(time: number, language: string): string {
  return new Intl.DateTimeFormat(regional(language), { dateStyle: "medium", timeStyle: "short" }).format(time * 1000)
}

/** With seconds: for a report. */
export function exactTime(time: number, language: string): string {
  return new Intl.DateTimeFormat(regional(language), { dateStyle: "medium", timeStyle: "medium" })
    .format(time * 1000)
    .replaceAll(" ", "\u00a0")
}
