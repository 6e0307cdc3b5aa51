import { useTranslation } from "react-i18next"
import { weekdays } from "./hours"
import { labelIn } from "./items"
import { useName } from "./names"
import { span, stepSentence } from "./sentences"
import type { Choice, Kind, Medium, SkillLevel, Span, SpecialDay, Step } from "./types"

const IDS: Readonly<Record<string, Kind>> = { queues: "queue", groups: "group", hours: "hours", members: "agent" }

/** A field's value in words, short: for conflicts and for the history. */
export function useTellValue(): (field: string, value: unknown) => string {
  const { t, i18n } = useTranslation()
  const name = useName()
  const language = i18n.language
  const list = (parts: readonly string[]) =>
    parts.length ? new Intl.ListFormat(language, { type: "unit" }).format(parts) : t("admin.value.none")
  const spans = (all: readonly Span[]) =>
    all.length ? all.map((one) => `${one.start}–${one.to}`).join(", ") : t("admin.hours.closed")

  const tell = (field: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("admin.value.none")
    if (typeof value === "boolean") return t(value ? "admin.value.yes" : "admin.value.no")
    if (typeof value === "number") return new Intl.NumberFormat(language).format(value)
    const kind = IDS[field]
    if (typeof value === "string") {
      if (field === "label") return labelIn(value, language)
      if (field === "recording") return t(`admin.queue.recording_${value}`)
      if (field === "missed_offer") return t(`admin.rules.missed_${value}`)
      return kind ? name(kind, value) : value
    }
    switch (field) {
      case "skills":
        return list((value as SkillLevel[]).map((one) => `${name("skill", one.skill)} ${one.level}`))
      case "outcome_codes":
        return list((value as Choice[]).map((one) => labelIn(one.label, language)))
      case "steps":
        return (value as Step[])
          .map((one) => `${span(one.after, language)}: ${stepSentence(one, name, t, language)}`)
          .join(" · ")
      case "week":
        return list((value as Span[][]).map((day, at) => `${weekdays(language, "short")[at]} ${spans(day)}`))
      case "exceptions":
        return list((value as SpecialDay[]).map((day) => `${day.date} ${day.name} ${spans(day.spans)}`))
      case "limits":
        return list(
          Object.entries(value as Record<string, number>).map(
            ([medium, most]) => `${t(`admin.medium.${medium as Medium}`)} ${most}`,
          ),
        )
    }
    if (Array.isArray(value)) return list(value.map((one) => (kind ? name(kind, String(one)) : String(one))))
    return list(
      Object.entries(value as Record<string, unknown>).map(
        ([key, one]) => `${t(`admin.field.${key}`, { defaultValue: key })} ${tell(key, one)}`,
      ),
    )
  }
  return tell
}
