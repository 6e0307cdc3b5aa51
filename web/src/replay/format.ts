/** Times and sizes as people write them, in the page's language and the reader's zone. */

/** A place on a timeline: 07:41, or 1:02:03 from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (n: number) => String(n).padStart(2, "0")
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${rest}` : rest
}

/** The reader's own region where it speaks the page's language: `en` is written otherwise in London and in Boston. */
function locale(language: string): string {
  return navigator.languages?.find((own) => own.split("-")[0] === language.split("-")[0]) ?? language
}

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
      new Intl.NumberFormat(locale(language), { style: "unit", unit, unitDisplay: "short" }).format(n),
    )
    .join(" ")
}

export function dateTime(time: number, language: string): string {
  return new Intl.DateTimeFormat(locale(language), { dateStyle: "medium", timeStyle: "short" }).format(time * 1000)
}

/** With seconds: for a report. */
export function exactTime(time: number, language: string): string {
  return new Intl.DateTimeFormat(locale(language), { dateStyle: "medium", timeStyle: "medium" })
    .format(time * 1000)
    .replaceAll(" ", "\u00a0")
}

export function bytes(size: number, language: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"]
  const step = Math.min(units.length - 1, size < 1000 ? 0 : Math.floor(Math.log10(size) / 3))
  const format = { style: "unit", unit: units[step], unitDisplay: "short", maximumSignificantDigits: 3 } as const
  return new Intl.NumberFormat(locale(language), format).format(size / 1000 ** step)
}
