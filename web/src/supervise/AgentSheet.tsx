import { Button, CloseButton, Drawer, Select, Switch } from "@mantine/core"
import { type ReactNode, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AgentRow, InHand } from "../contract/messages"
import { labelOf } from "../data/desk"
import { useStore } from "../data/store"
import { inQueue, nameIn, standing } from "../data/supervise"
import { running } from "../staff/format"
import { SIGN, StateText } from "./Agents"
import { useEngine, useServerNow, useSupervise } from "./context"
import { doAndOfferUndo } from "./undo"

const LEVELS = Array.from({ length: 10 }, (_, at) => String(at + 1))

/** One agent: what they do now, and what a supervisor may change. */
export function AgentSheet({ agent, onClose }: { agent: string | null; onClose: () => void }) {
  const { t } = useTranslation()
  const row = useSupervise((view) => (agent ? (view.agents.get(agent) ?? null) : null))
  return (
    <Drawer
      opened={row !== null}
      onClose={onClose}
      position="right"
      size={400}
      styles={{ title: { fontWeight: 600, fontSize: 16 } }}
      title={row?.name ?? ""}
      lockScroll={false}
      attributes={{ header: { role: "presentation" } }}
      closeButtonProps={{ "aria-label": t("common.close") }}
      transitionProps={{ duration: 100 }}
    >
      {row && <Sheet row={row} />}
    </Drawer>
  )
}

function Sheet({ row }: { row: AgentRow }) {
  const { t } = useTranslation()
  return (
    <div className="sheet stack">
      <p className="row wrap">
        <span className={SIGN[standing(row)]} aria-hidden />
        <StateText row={row} />
        {row.missed > 0 && <span className="pill wait">{t("supervise.missed", { count: row.missed })}</span>}
      </p>
      {row.department && <p className="muted">{row.department}</p>}
      <State row={row} />
      <Part title={t("supervise.in_hand")}>
        {row.in_hand.length === 0 && <p className="muted">{t("supervise.nothing_in_hand")}</p>}
        <ul>
          {row.in_hand.map((one) => (
            <Contact key={one.contact} one={one} />
          ))}
        </ul>
      </Part>
      <Skills row={row} />
      <QueuesOf row={row} />
      <Groups row={row} />
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="stack tight-stack">
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function State({ row }: { row: AgentRow }) {
  const { t, i18n } = useTranslation()
  const engine = useEngine()
  const reasons = useStore(engine.state, (state) => state.config?.reasons ?? [])
  const away = row.state === "offline"
  const go = (state: "ready" | "not_ready", reason: string | null) => {
    const was = row.state === "ready" ? "ready" : "not_ready"
    void doAndOfferUndo(
      engine,
      t,
      { type: "supervise.state", agent: row.user, state, reason },
      t("supervise.did_state", { name: row.name, state: t(`supervise.state_${state}`) }),
      { type: "supervise.state", agent: row.user, state: was, reason: row.reason },
    )
  }
  return (
    <Part title={t("supervise.change_state")}>
      {away && <p className="muted">{t("supervise.away")}</p>}
      <div className="row wrap">
        <Button variant="default" disabled={away || row.state === "ready"} onClick={() => go("ready", null)}>
          {t("supervise.make_ready")}
        </Button>
        <Button
          variant="default"
          disabled={away || (row.state === "not_ready" && row.reason === null)}
          onClick={() => go("not_ready", null)}
        >
          {t("supervise.make_not_ready")}
        </Button>
      </div>
      {reasons.length > 0 && (
        <Select
          aria-label={t("supervise.because")}
          placeholder={t("supervise.because")}
          disabled={away}
          data={reasons.map(({ code }) => ({ value: code, label: labelOf(reasons, code, i18n.language) ?? code }))}
          value={row.state === "not_ready" ? row.reason : null}
          onChange={(code) => code && go("not_ready", code)}
        />
      )}
    </Part>
  )
}

function Contact({ one }: { one: InHand }) {
  const { t } = useTranslation()
  const queue = useSupervise((view) => (one.queue ? (view.queues.get(one.queue)?.name ?? one.queue) : ""))
  const now = useServerNow()
  return (
    <li className="line">
      <span className="grow">
        <span className="cut block">{one.customer || t("staff.role.customer")}</span>
        <small className="muted">
          {[t(`supervise.medium_${one.medium}`, { count: 1 }), queue].filter(Boolean).join(" · ")}
        </small>
      </span>
      <span className="muted small">
        {t(`supervise.hand_${one.state}`)} · {running(now - one.since)}
      </span>
    </li>
  )
}

function Skills({ row }: { row: AgentRow }) {
  const { t } = useTranslation()
  const engine = useEngine()
  const names = useSupervise((view) => view.names.skills ?? [])
  const [adding, setAdding] = useState<string | null>(null)
  const levelOf = (skill: string) => row.skills.find((one) => one.skill === skill)?.level ?? 0
  const set = (skill: string, level: number) =>
    void doAndOfferUndo(
      engine,
      t,
      { type: "supervise.skill", agent: row.user, skill, level },
      level
        ? t("supervise.did_skill", { name: row.name, skill: nameIn(names, skill), level })
        : t("supervise.did_skill_gone", { name: row.name, skill: nameIn(names, skill) }),
      { type: "supervise.skill", agent: row.user, skill, level: levelOf(skill) },
    )
  const others = names.filter((one) => levelOf(one.id) === 0)
  return (
    <Part title={t("supervise.skills")}>
      {row.skills.length === 0 && <p className="muted">{t("supervise.no_skills")}</p>}
      <ul>
        {row.skills.map((one) => (
          <li key={one.skill} className="line">
            <span className="grow cut">{nameIn(names, one.skill)}</span>
            <Select
              className="level"
              aria-label={t("supervise.level_of", { skill: nameIn(names, one.skill) })}
              data={LEVELS}
              value={String(one.level)}
              allowDeselect={false}
              onChange={(level) => level && set(one.skill, Number(level))}
            />
            <CloseButton
              aria-label={t("supervise.take_skill", { skill: nameIn(names, one.skill) })}
              onClick={() => set(one.skill, 0)}
            />
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <Select
          aria-label={t("supervise.give_skill")}
          placeholder={t("supervise.give_skill")}
          data={others.map((one) => ({ value: one.id, label: one.name }))}
          value={adding}
          searchable
          onChange={(skill) => {
            if (skill) set(skill, 5)
            setAdding(null)
          }}
        />
      )}
    </Part>
  )
}

function QueuesOf({ row }: { row: AgentRow }) {
  const { t } = useTranslation()
  const engine = useEngine()
  const view = useSupervise((all) => all)
  const queues = [...view.queues.values()]
  const set = (queue: string, name: string, inside: boolean) => {
    const { act, undo } = inQueue(view, row, queue, inside)
    const said = t(inside ? "supervise.did_queue_in" : "supervise.did_queue_out", { name: row.name, queue: name })
    void doAndOfferUndo(engine, t, act, said, undo)
  }
  return (
    <Part title={t("supervise.queues")}>
      <ul>
        {queues.map((queue) => (
          <li key={queue.id} className="line">
            <Switch
              label={queue.name}
              checked={row.queues.includes(queue.id)}
              onChange={(event) => set(queue.id, queue.name, event.currentTarget.checked)}
            />
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Groups({ row }: { row: AgentRow }) {
  const { t } = useTranslation()
  const names = useSupervise((view) => view.names.groups ?? [])
  if (row.groups.length === 0) return null
  return (
    <Part title={t("supervise.groups")}>
      <p className="row wrap">
        {row.groups.map((group) => (
          <span key={group} className="pill">
            {nameIn(names, group)}
          </span>
        ))}
      </p>
    </Part>
  )
}
