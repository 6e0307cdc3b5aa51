import { useCallback } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { api } from "../api"
import { clockChange, dateOf, dayIn, minutes } from "../hours"
import { useLoad } from "../load"
import type { HoursItem, OpenDay } from "../types"
import hours from "./hours.module.css"

const DAYS = 14
const MINUTES = 24 * 60
const MARKS = [0, 6, 12, 18, 24]

/** The next two weeks as the server reckons them, a bar a day. */
export function Preview({ hours: item }: { hours: HoursItem }) {
  const { t } = useTranslation()
  const from = dayIn(item.zone || "UTC", Date.now())
  const load = useCallback(
    (signal: AbortSignal) => {
      // Times need no name, and what is new has no id yet.
      const named = { ...item, id: item.id || "new", name: item.name || "new" }
      return api.previewHours(named, from, DAYS, signal)
    },
    [item, from],
  )
  const found = useLoad(load, 400)
  if (found.kind === "error") return <p className={classes.hint}>{t("admin.hours.no_preview")}</p>
  if (found.kind === "loading") return <p className={classes.hint}>{t("common.loading")}</p>
  return (
    <div className={hours.preview}>
      <div className={hours.scale} aria-hidden>
        {MARKS.map((hour) => (
          <span key={hour}>{hour}</span>
        ))}
      </div>
      <ul>
        {found.value.map((day) => (
          <Day key={day.date} day={day} zone={item.zone} />
        ))}
      </ul>
    </div>
  )
}

function Day({ day, zone }: { day: OpenDay; zone: string }) {
  const { t, i18n } = useTranslation()
  const format = new Intl.DateTimeFormat(i18n.language, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  })
  const change = clockChange(zone, day.date)
  const said = day.spans.map((span) => `${span.local_start} – ${span.local_to}`).join(", ")
  return (
    <li className={hours.bar} data-change={change || undefined}>
      <time dateTime={day.date}>{format.format(dateOf(day.date))}</time>
      <span className={hours.track} title={said}>
        {day.spans.map((span) => {
          const [start, end] = [minutes(span.local_start), minutes(span.local_to)]
          return (
            <span
              key={span.start}
              style={{ left: `${(start / MINUTES) * 100}%`, width: `${((end - start) / MINUTES) * 100}%` }}
            />
          )
        })}
      </span>
      <span className={hours.said}>
        {said || t("admin.hours.closed")}
        {day.name && <span className={hours.dayNote}>{day.name}</span>}
        {change !== 0 && (
          <span className={hours.change}>
            {t(change > 0 ? "admin.hours.clocks_forward" : "admin.hours.clocks_back")}
          </span>
        )}
      </span>
    </li>
  )
}
