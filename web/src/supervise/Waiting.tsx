import { Button, Menu, Select } from "@mantine/core"
import { IconChevronDown } from "@tabler/icons-react"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { WaitingRow } from "../contract/messages"
import { waitingIn } from "../data/supervise"
import { running } from "../staff/format"
import { useEngine, useServerNow, useSupervise } from "./context"
import { doAndOfferUndo } from "./undo"

const PAGE = 100

/** Who waits, in order: to be moved to another queue, or to be taken by the supervisor. */
export function Waiting({ queue, onQueue }: { queue: string | null; onQueue: (queue: string | null) => void }) {
  const { t } = useTranslation()
  const rows = useSupervise((view) => waitingIn(view, queue))
  const queues = useSupervise((view) => [...view.queues.values()])
  const [most, setMost] = useState(PAGE)
  const [before, setBefore] = useState(queue)
  if (before !== queue) {
    setBefore(queue)
    setMost(PAGE)
  }
  return (
    <section className="agents" aria-label={t("supervise.waiting_region")}>
      <div className="filters">
        <Select
          aria-label={t("supervise.by_queue")}
          placeholder={t("supervise.by_queue")}
          data={queues.map((row) => ({ value: row.id, label: row.name }))}
          value={queue}
          clearable
          searchable
          onChange={onQueue}
        />
      </div>
      {rows.length === 0 && <p className="none muted">{t("supervise.nobody_waits")}</p>}
      <ul className="agent-list">
        {rows.slice(0, most).map((row) => (
          <Row key={row.contact} row={row} />
        ))}
      </ul>
      {rows.length > most && (
        <Button variant="default" onClick={() => setMost(most + PAGE)}>
          {t("supervise.more", { count: rows.length - most })}
        </Button>
      )}
    </section>
  )
}

function Row({ row }: { row: WaitingRow }) {
  const { t } = useTranslation()
  const engine = useEngine()
  const queues = useSupervise((view) => [...view.queues.values()])
  const offered = useSupervise((view) => (row.offered_to ? (view.agents.get(row.offered_to)?.name ?? "") : null))
  const meant = useSupervise((view) => (row.agent ? (view.agents.get(row.agent)?.name ?? "") : null))
  const serves = useSupervise((view) => view.agents.has(engine.user.id))
  const now = useServerNow()
  const name = row.customer || t("staff.role.customer")
  const nameOf = (queue: string) => queues.find((one) => one.id === queue)?.name ?? queue
  const move = (queue: string) =>
    void doAndOfferUndo(
      engine,
      t,
      { type: "supervise.move", contact: row.contact, queue },
      t("supervise.did_move", { name, queue: nameOf(queue) }),
      { type: "supervise.move", contact: row.contact, queue: row.queue },
    )
  const about = [
    nameOf(row.queue),
    t(`supervise.medium_${row.medium}`, { count: 1 }),
    row.priority !== 0 ? t("supervise.priority", { level: row.priority }) : null,
    offered !== null ? t("supervise.offered_to", { name: offered }) : null,
    offered === null && meant !== null ? t("supervise.meant_for", { name: meant }) : null,
  ]
  return (
    <li className="waiting-row">
      <span className="muted place">{row.position}</span>
      <span className="who">
        <span className="cut block">{name}</span>
        <small className="cut">{about.filter(Boolean).join(" · ")}</small>
      </span>
      <span className="wait-time">{running(now - row.arrived_at)}</span>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            size="compact-md"
            rightSection={<IconChevronDown size={14} />}
            aria-label={t("supervise.do_with", { name })}
          >
            {t("supervise.do")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className="tall-menu">
          <Menu.Item
            disabled={!serves}
            title={serves ? undefined : t("supervise.serves_nobody")}
            onClick={() =>
              void doAndOfferUndo(
                engine,
                t,
                { type: "supervise.pull", contact: row.contact },
                t("supervise.did_pull", { name }),
                null,
                { not_ready: t("supervise.pull_not_ready"), at_capacity: t("supervise.pull_full") },
              )
            }
          >
            {t("supervise.take")}
          </Menu.Item>
          <Menu.Label>{t("supervise.move_to")}</Menu.Label>
          {queues
            .filter((one) => one.id !== row.queue)
            .map((one) => (
              <Menu.Item key={one.id} onClick={() => move(one.id)}>
                {one.name}
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
    </li>
  )
}
