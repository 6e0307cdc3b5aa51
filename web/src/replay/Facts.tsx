import { useCallback } from "react"
import { useTranslation } from "react-i18next"
import type { DeskConfig, SessionDetail } from "../contract/messages"
import { api, useLoad } from "./api"
import { exactTime, length } from "./format"
import classes from "./report.module.css"
import { Stars } from "./Stars"

/** Times, queue, outcome and rating: the head of the report. */
export function Facts({ detail }: { detail: SessionDetail }) {
  const { t, i18n } = useTranslation()
  const [desk] = useLoad(useCallback((signal: AbortSignal) => api.desk(signal), []))
  const s = detail.session
  const when = (time: number | null) => (time ? exactTime(time, i18n.language) : null)
  const span = (from: number | null, to: number | null) =>
    from !== null && to !== null && to >= from ? length(to - from, i18n.language) : null
  const facts: [string, string | null][] = [
    ["kind", t(`audit.kind.${s.kind}`)],
    ["queue", s.queue_name],
    ["skills", new Intl.ListFormat(i18n.language).format(Object.values(s.skills ?? {})) || null],
    ["question", s.question || null],
    ["page", s.page_url || null],
    ["created", when(s.created_at)],
    ["answered", when(s.answered_at)],
    ["ended_at", when(s.ended_at)],
    ["ended_by", s.ended_by && t(`audit.ended_by.${s.ended_by}`)],
    ["waited", span(s.waiting_since, s.answered_at)],
    ["talked", span(s.answered_at, s.ended_at)],
    [
      "recording",
      `${t(detail.recorded ? "audit.detail.recorded" : "audit.list.not_recorded")} (${t(`audit.policy.${s.recording_policy}`)})`,
    ],
    [
      "outcome",
      s.outcome_code
        ? outcome(desk.kind === "ready" ? desk.value : null, s.queue, s.outcome_code, i18n.language)
        : null,
    ],
    ["comment", s.comment || null],
  ]
  return (
    <dl className={classes.facts}>
      {facts.map(
        ([key, value]) =>
          value && (
            <div key={key}>
              <dt>{t(`audit.fact.${key}`)}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
      <div>
        <dt>{t("audit.fact.rating")}</dt>
        <dd>{s.rating ? <Stars count={s.rating} /> : t("audit.detail.not_rated")}</dd>
      </div>
    </dl>
  )
}

/** The label of an outcome code; the code itself when it is no longer configured. */
function outcome(desk: DeskConfig | null, queue: string | null, code: string, language: string): string {
  const lists = desk?.queues.filter((q) => queue === null || q.id === queue) ?? []
  const found = lists.flatMap((q) => q.outcome_codes).find((c) => c.code === code)
  return found?.label[language.slice(0, 2)] ?? found?.label.en ?? code
}
