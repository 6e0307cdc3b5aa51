import { Select, TextInput } from "@mantine/core"
import { useTranslation } from "react-i18next"
import type { QueueInfo } from "../contract/messages"
import type { Filter, Period, State } from "./api"
import type { Person } from "./people"

interface Props {
  filter: Filter
  onChange: (filter: Filter) => void
  queues: readonly QueueInfo[]
  people: readonly Person[]
}

const STATES: readonly Filter["state"][] = [
  "live",
  "any",
  "scheduled",
  "queued",
  "attempting",
  "done",
  "failed",
  "cancelled",
]
const PERIODS: readonly Period[] = ["any", "overdue", "today", "week"]

export function Filters({ filter, onChange, queues, people }: Props) {
  const { t } = useTranslation()
  const set = (part: Partial<Filter>) => onChange({ ...filter, ...part })
  const stateName = (state: Filter["state"]) =>
    state === "live" || state === "any" ? t(`callbacks.filter.${state}`) : t(`callbacks.state.${state}`)
  const periodName = (period: Period) => t(`callbacks.filter.${period === "any" ? "any_time" : period}`)
  return (
    <search className="callback-filters" aria-label={t("callbacks.filter.region")}>
      <TextInput
        label={t("callbacks.filter.text")}
        value={filter.text}
        maxLength={80}
        onChange={(event) => set({ text: event.currentTarget.value })}
      />
      <Select
        label={t("callbacks.filter.state")}
        data={STATES.map((state) => ({ value: state, label: stateName(state) }))}
        value={filter.state}
        allowDeselect={false}
        onChange={(state) => set({ state: (state ?? "live") as State })}
      />
      <Select
        label={t("callbacks.filter.queue")}
        placeholder={t("callbacks.filter.any_queue")}
        data={queues.map((queue) => ({ value: queue.id, label: queue.name }))}
        value={filter.queue}
        clearable
        onChange={(queue) => set({ queue })}
      />
      <Select
        label={t("callbacks.filter.agent")}
        placeholder={t("callbacks.filter.any_agent")}
        data={people.map((person) => ({ value: person.id, label: person.name }))}
        value={filter.agent}
        clearable
        searchable
        onChange={(agent) => set({ agent })}
      />
      <Select
        label={t("callbacks.filter.time")}
        data={PERIODS.map((period) => ({ value: period, label: periodName(period) }))}
        value={filter.period}
        allowDeselect={false}
        onChange={(period) => set({ period: (period ?? "any") as Period })}
      />
    </search>
  )
}
