import { Button, Select, TextInput, UnstyledButton } from "@mantine/core"
import { IconSearch } from "@tabler/icons-react"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { AgentRow } from "../contract/messages"
import { labelOf } from "../data/desk"
import { useStore } from "../data/store"
import { agentsOf, type Filter, nameIn, standing } from "../data/supervise"
import { initials, running } from "../staff/format"
import { useEngine, useServerNow, useSupervise } from "./context"

const PAGE = 100
export const SIGN = { ready: "dot live", busy: "dot wait", not_ready: "dot hollow", offline: "dot off faded" } as const

interface Props {
  filter: Filter
  onFilter: (filter: Filter) => void
  onOpen: (agent: string) => void
}

export function Agents({ filter, onFilter, onOpen }: Props) {
  const { t, i18n } = useTranslation()
  const agents = useSupervise((view) => agentsOf(view, filter, i18n.language))
  const queues = useSupervise((view) => [...view.queues.values()])
  const skills = useSupervise((view) => view.names.skills ?? [])
  const [most, setMost] = useState(PAGE)
  return (
    <section className="agents" aria-label={t("supervise.agents_region")}>
      <div className="filters">
        <TextInput
          className="grow"
          aria-label={t("supervise.search")}
          placeholder={t("supervise.search")}
          leftSection={<IconSearch size={14} />}
          value={filter.text}
          onChange={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
        />
        <Select
          aria-label={t("supervise.by_state")}
          placeholder={t("supervise.by_state")}
          data={["here", "ready", "busy", "not_ready", "offline"].map((value) => ({
            value,
            label: t(`supervise.state_${value}`),
          }))}
          value={filter.standing}
          clearable
          onChange={(value) => onFilter({ ...filter, standing: value as Filter["standing"] })}
        />
        <Select
          aria-label={t("supervise.by_queue")}
          placeholder={t("supervise.by_queue")}
          data={queues.map((row) => ({ value: row.id, label: row.name }))}
          value={filter.queue}
          clearable
          searchable
          onChange={(queue) => onFilter({ ...filter, queue })}
        />
        {skills.length > 0 && (
          <Select
            aria-label={t("supervise.by_skill")}
            placeholder={t("supervise.by_skill")}
            data={skills.map((one) => ({ value: one.id, label: one.name }))}
            value={filter.skill}
            clearable
            searchable
            onChange={(skill) => onFilter({ ...filter, skill })}
          />
        )}
      </div>
      {agents.length === 0 && <p className="none muted">{t("supervise.nobody")}</p>}
      <ul className="agent-list">
        {agents.slice(0, most).map((row) => (
          <Row key={row.user} row={row} onOpen={onOpen} />
        ))}
      </ul>
      {agents.length > most && (
        <Button variant="default" onClick={() => setMost(most + PAGE)}>
          {t("supervise.more", { count: agents.length - most })}
        </Button>
      )}
    </section>
  )
}

function Row({ row, onOpen }: { row: AgentRow; onOpen: (agent: string) => void }) {
  const { t } = useTranslation()
  const skills = useSupervise((view) => view.names.skills ?? [])
  const now = standing(row)
  return (
    <li>
      <UnstyledButton className="agent-row" onClick={() => onOpen(row.user)}>
        <span className="avatar" aria-hidden>
          {initials(row.name)}
        </span>
        <span className="who">
          <span className="cut block">{row.name}</span>
          <small className="cut">{row.department}</small>
        </span>
        <span className="state">
          <span className={SIGN[now]} aria-hidden />
          <StateText row={row} />
        </span>
        <span className="hand">
          {row.in_hand.length === 0 ? (
            <span className="muted">{t("supervise.nothing_in_hand")}</span>
          ) : (
            <InHandCounts row={row} />
          )}
        </span>
        <span className="marks">
          {row.missed > 0 && <span className="pill wait">{t("supervise.missed", { count: row.missed })}</span>}
          {row.skills.slice(0, 3).map((one) => (
            <span key={one.skill} className="pill">
              {nameIn(skills, one.skill)} {one.level}
            </span>
          ))}
          {row.skills.length > 3 && <span className="pill">+{row.skills.length - 3}</span>}
        </span>
      </UnstyledButton>
    </li>
  )
}

/** State, reason and since when: ticks by itself, so that the list does not. */
export function StateText({ row }: { row: AgentRow }) {
  const { t, i18n } = useTranslation()
  const reasons = useStore(useEngine().state, (state) => state.config?.reasons ?? [])
  const at = useServerNow()
  const reason = labelOf(reasons, row.reason, i18n.language)
  return (
    <span className="cut">
      {reason ?? t(`supervise.state_${standing(row)}`)}
      {row.state !== "offline" && row.since > 0 && <span className="muted"> · {running(at - row.since)}</span>}
    </span>
  )
}

/** How many of each medium, and of how many slots. */
function InHandCounts({ row }: { row: AgentRow }) {
  const { t } = useTranslation()
  const counts = new Map<string, number>()
  for (const one of row.in_hand) counts.set(one.medium, (counts.get(one.medium) ?? 0) + 1)
  const text = [...counts].map(([medium, count]) => t(`supervise.medium_${medium}`, { count })).join(", ")
  return (
    <>
      {text}
      <span className="muted">
        {" "}
        {row.in_hand.length}/{row.capacity}
      </span>
    </>
  )
}
