import { ActionIcon, Button, CloseButton, NativeSelect, Select, TextInput, Tooltip } from "@mantine/core"
import { IconChevronRight, IconCopy, IconPlus } from "@tabler/icons-react"
import { useCallback, useMemo, useState } from "react"
import { useTranslation } from "react-i18next"
import { zones } from "../../staff/zones"
import classes from "../admin.module.css"
import { api } from "../api"
import { dateOf, dayIn, nextSpan, weekdays } from "../hours"
import { useLoad } from "../load"
import type { HolidayInfo, HoursItem, Span, SpecialDay } from "../types"
import { Part, TextField, useField, useForm, Wide, Wrong } from "./fields"
import hours from "./hours.module.css"
import { Preview } from "./Preview"

export function HoursForm() {
  const { t } = useTranslation()
  const { item, problems } = useForm<HoursItem>()
  const zone = useField<string>("zone")
  const names = useMemo(() => zones(item.zone), [item.zone])
  return (
    <>
      <Part title={t("admin.form.what")}>
        <TextField path="name" label={t("admin.form.name")} />
        <Select
          label={t("admin.hours.zone")}
          data={names}
          value={zone.value}
          error={zone.error}
          disabled={zone.readOnly}
          searchable
          limit={60}
          nothingFoundMessage={t("admin.nothing_found")}
          onChange={(next) => next && zone.set(next)}
        />
      </Part>
      <Part title={t("admin.hours.week")} about={t("admin.hours.week_about")}>
        <Wide>
          <Week />
          <Wrong problems={problems.filter(({ field }) => field === "week")} />
        </Wide>
      </Part>
      <Holidays />
      <Part title={t("admin.hours.exceptions")} about={t("admin.hours.exceptions_about")}>
        <Wide>
          <Exceptions />
        </Wide>
      </Part>
      <Part title={t("admin.hours.preview")} about={t("admin.hours.preview_about", { zone: item.zone })}>
        <Wide>
          <Preview hours={item} />
        </Wide>
      </Part>
    </>
  )
}

function Week() {
  const { t, i18n } = useTranslation()
  const { value, set, readOnly } = useField<Span[][]>("week")
  const names = weekdays(i18n.language)
  const change = (day: number, spans: Span[]) => set(value.map((one, at) => (at === day ? spans : one)))
  const first = value[0] ?? []
  return (
    <ul className={hours.week}>
      {names.map((name, day) => (
        <li key={name} className={hours.day}>
          <b className={hours.dayName}>{name}</b>
          <Spans path={`week.${day}`} spans={value[day] ?? []} name={name} change={(spans) => change(day, spans)} />
          {day === 0 && !readOnly && (
            <Tooltip label={t("admin.hours.to_weekdays")}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t("admin.hours.to_weekdays")}
                onClick={() => set(value.map((one, at) => (at < 5 ? first : one)))}
              >
                <IconCopy size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </li>
      ))}
    </ul>
  )
}

interface SpansProps {
  path: string
  spans: readonly Span[]
  name: string
  change: (spans: Span[]) => void
}

/** The open times of one day. */
function Spans({ path, spans, name, change }: SpansProps) {
  const { t } = useTranslation()
  const { problems, readOnly } = useForm<HoursItem>()
  const wrong = problems.filter(({ field }) => field === path || field.startsWith(`${path}.`))
  const further = nextSpan(spans)
  const set = (at: number, part: Partial<Span>) => change(spans.map((one, i) => (i === at ? { ...one, ...part } : one)))
  return (
    <div className={hours.spans}>
      {spans.length === 0 && <span className={hours.closed}>{t("admin.hours.closed")}</span>}
      {spans.map((span, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place in the day
        <span key={at} className={hours.span}>
          <TextInput
            type="time"
            aria-label={t("admin.hours.from_of", { day: name, number: at + 1 })}
            value={span.start}
            error={wrong.some(({ severity }) => severity === "error")}
            onChange={(event) => set(at, { start: event.currentTarget.value })}
          />
          <span aria-hidden>–</span>
          <TextInput
            type="time"
            aria-label={t("admin.hours.to_of", { day: name, number: at + 1 })}
            // Midnight at the end of the day is 24:00, which fields for times do not know.
            value={span.to === "24:00" ? "00:00" : span.to}
            error={wrong.some(({ severity }) => severity === "error")}
            onChange={(event) =>
              set(at, { to: event.currentTarget.value === "00:00" ? "24:00" : event.currentTarget.value })
            }
          />
          {!readOnly && (
            <CloseButton
              size="sm"
              aria-label={t("admin.hours.remove_span", { day: name, number: at + 1 })}
              onClick={() => change(spans.filter((_, i) => i !== at))}
            />
          )}
        </span>
      ))}
      {!readOnly && further && (
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          aria-label={t("admin.hours.on_day", {
            what: t(spans.length === 0 ? "admin.hours.open" : "admin.hours.add_span"),
            day: name,
          })}
          onClick={() => change([...spans, further])}
        >
          {spans.length === 0 ? t("admin.hours.open") : t("admin.hours.add_span")}
        </Button>
      )}
      <Wrong problems={wrong} />
    </div>
  )
}

const loadCountries = (signal: AbortSignal) => api.countries(signal)

function Holidays() {
  const { t, i18n } = useTranslation()
  const { item } = useForm<HoursItem>()
  const country = useField<string>("country")
  const region = useField<string>("region")
  const { change } = useForm<HoursItem>()
  const countries = useLoad(loadCountries)
  const known = countries.kind === "ready" ? countries.value : []
  const options = useMemo(() => {
    const names = new Intl.DisplayNames(i18n.language, { type: "region" })
    const collator = new Intl.Collator(i18n.language)
    return known
      .map(({ code, name }) => ({ value: code, label: /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? name) : name }))
      .sort((a, b) => collator.compare(a.label, b.label))
  }, [known, i18n.language])
  const regions = known.find((one) => one.code === item.country)?.regions ?? []
  return (
    <Part title={t("admin.hours.holidays")} about={t("admin.hours.holidays_about")}>
      <Select
        label={t("admin.hours.country")}
        data={options}
        value={item.country || null}
        error={country.error}
        disabled={country.readOnly}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("admin.hours.no_country") }}
        limit={60}
        placeholder={t("admin.hours.no_country")}
        nothingFoundMessage={t("admin.nothing_found")}
        onChange={(next) => change({ ...item, country: next ?? "", region: "" })}
      />
      {regions.length > 0 && (
        <NativeSelect
          label={t("admin.hours.region")}
          value={item.region}
          error={region.error}
          data={[
            { value: "", label: t("admin.hours.whole_country") },
            ...regions.map((code) => ({ value: code, label: code })),
          ]}
          onChange={(event) => region.set(event.currentTarget.value)}
        />
      )}
      {item.country && (
        <Wide>
          <HolidayList country={item.country} region={item.region} zone={item.zone} />
        </Wide>
      )}
    </Part>
  )
}

/** The days of this year and the next, so that one sees what the choice means. */
function HolidayList({ country, region, zone }: { country: string; region: string; zone: string }) {
  const { t } = useTranslation()
  const year = Number(dayIn("UTC", Date.now()).slice(0, 4))
  const load = useCallback(
    async (signal: AbortSignal) => {
      const years = [year, year + 1]
      return Promise.all(years.map(async (one) => [one, await api.holidays(country, region, one, signal)] as const))
    },
    [country, region, year],
  )
  const found = useLoad(load)
  const today = dayIn(zone || "UTC", Date.now())
  if (found.kind === "error") return <p className={classes.error}>{t("admin.hours.no_holidays")}</p>
  if (found.kind === "loading") return <p className={classes.hint}>{t("common.loading")}</p>
  return (
    <div className={hours.years}>
      {found.value.map(([one, days]) => (
        <Year key={one} year={one} days={days} first={one === year} today={today} />
      ))}
    </div>
  )
}

interface YearProps {
  year: number
  days: readonly HolidayInfo[]
  first: boolean
  today: string
}

function Year({ year, days, first, today }: YearProps) {
  const { t, i18n } = useTranslation()
  const [open, setOpen] = useState(first)
  const format = new Intl.DateTimeFormat(i18n.language, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  })
  return (
    <div>
      <button type="button" className={`blank ${hours.year}`} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={16} aria-hidden />
        {t("admin.hours.holidays_of", { year: String(year), count: days.length })}
      </button>
      {open && (
        <ul>
          {days.map((day) => (
            <li key={`${day.date} ${day.name}`} data-past={day.date < today || undefined}>
              <time dateTime={day.date}>{format.format(dateOf(day.date))}</time>
              <span>{day.name}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Exceptions() {
  const { t } = useTranslation()
  const { value, set, readOnly } = useField<SpecialDay[]>("exceptions")
  const change = (at: number, part: Partial<SpecialDay>) =>
    set(value.map((one, index) => (index === at ? { ...one, ...part } : one)))
  return (
    <>
      {value.length === 0 && <p className={classes.hint}>{t("admin.hours.no_exceptions")}</p>}
      <ul className={hours.exceptions}>
        {value.map((day, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: its date may be changed
          <li key={at}>
            <ExceptionDate at={at} day={day} change={(part) => change(at, part)} />
            <Spans
              path={`exceptions.${at}.spans`}
              spans={day.spans}
              name={day.name || day.date}
              change={(spans) => change(at, { spans })}
            />
            {!readOnly && (
              <CloseButton
                aria-label={t("admin.form.remove_named", { name: day.name || day.date })}
                onClick={() => set(value.filter((_, index) => index !== at))}
              />
            )}
          </li>
        ))}
      </ul>
      {!readOnly && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => set([...value, { date: dayIn("UTC", Date.now() + 86_400_000), name: "", spans: [] }])}
        >
          {t("admin.hours.add_exception")}
        </Button>
      )}
    </>
  )
}

interface ExceptionProps {
  at: number
  day: SpecialDay
  change: (part: Partial<SpecialDay>) => void
}

function ExceptionDate({ at, day, change }: ExceptionProps) {
  const { t } = useTranslation()
  const { error } = useField(`exceptions.${at}.date`)
  return (
    <>
      <TextInput
        type="date"
        label={t("admin.hours.date")}
        value={day.date}
        error={error}
        onChange={(event) => change({ date: event.currentTarget.value })}
      />
      <TextInput
        label={t("admin.hours.exception_name")}
        value={day.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
    </>
  )
}
