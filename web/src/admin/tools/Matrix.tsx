import { Button, NativeSelect, TextInput } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { IconSearch } from "@tabler/icons-react"
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { codeOf } from "../api"
import { useSaveKey } from "../keys"
import { type Draft, useAdmin, useAdminState, useSnapshot } from "../model"
import { type Option, useName, useOptions } from "../names"
import { Consequences } from "../parts/Consequences"
import { Link } from "../parts/Link"
import { useTellUndo } from "../parts/undo"
import { path } from "../route"
import { useRows } from "../rows"
import { levelOf, withLevel } from "../skills"
import type { AgentItem } from "../types"
import { blocked, type Check, useCheckAll, useOnceChecked } from "../useCheck"
import tools from "./tools.module.css"

const ROW = 36

/** All agents with the levels of their skills, to be changed where they stand: a digit sets, Delete takes away. */
export function Matrix() {
  const { t } = useTranslation()
  const admin = useAdmin()
  const { configuration } = useSnapshot()
  const skills = useOptions("skill")
  const people = useOptions("agent")
  const groups = useOptions("group")
  const [asked, setAsked] = useState("")
  const [group, setGroup] = useState("")
  const words = useDeferredValue(asked.trim().toLowerCase())
  const drafts = useAdminState((state) => state.drafts)
  const agents = useMemo(() => new Map(configuration.agents.map((one) => [one.id, one])), [configuration.agents])
  const shown = useMemo(
    () =>
      people.filter(
        (one) => one.label.toLowerCase().includes(words) && (!group || agents.get(one.value)?.groups.includes(group)),
      ),
    [people, words, group, agents],
  )
  const changed = Object.values(drafts).filter((draft) => draft.kind === "agent" && draft.base !== null)
  const check = useCheckAll(changed)
  const { saving, save } = useSaveAll(changed, check)
  useSaveKey(changed.length && admin.mayChange ? save : null)
  const box = useRef<HTMLDivElement>(null)
  const [first, end] = useRows(box, shown.length, ROW)
  if (skills.length === 0 || people.length === 0) {
    return (
      <main className={classes.tool}>
        <div className={classes.hollow}>
          <h2>{t("admin.nav.matrix")}</h2>
          <p>{t(skills.length === 0 ? "admin.matrix.no_skills" : "admin.matrix.no_agents")}</p>
          <Link href={path(skills.length === 0 ? "skills" : "agents")}>
            {t(skills.length === 0 ? "admin.nav.skills" : "admin.nav.agents")}
          </Link>
        </div>
      </main>
    )
  }
  return (
    <main className={tools.matrix}>
      <div className={tools.matrixHead}>
        <div className="grow">
          <h2>{t("admin.nav.matrix")}</h2>
          <p className="muted">{t(admin.mayChange ? "admin.matrix.about" : "admin.read_only")}</p>
        </div>
        <TextInput
          type="search"
          aria-label={t("admin.search")}
          placeholder={t("admin.search")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={asked}
          onChange={(event) => setAsked(event.currentTarget.value)}
        />
        {groups.length > 0 && (
          <NativeSelect
            aria-label={t("admin.matrix.group")}
            value={group}
            data={[{ value: "", label: t("admin.matrix.all_groups") }, ...groups]}
            onChange={(event) => setGroup(event.currentTarget.value)}
          />
        )}
      </div>
      <div ref={box} className={tools.matrixBox}>
        <table className={tools.grid} aria-label={t("admin.nav.matrix")} aria-rowcount={shown.length + 1}>
          <thead>
            <tr>
              <th scope="col">{t("admin.policy.agent_column")}</th>
              {skills.map((skill) => (
                <th key={skill.value} scope="col">
                  <Link href={path("skills", skill.value)} title={skill.label}>
                    {skill.label}
                  </Link>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {first > 0 && <Gap height={first * ROW} />}
            {shown.slice(first, end).map((one, index) => (
              <Row
                key={one.value}
                at={first + index}
                person={one}
                skills={skills}
                agent={(drafts[`agent/${one.value}`]?.item as AgentItem | undefined) ?? agents.get(one.value)}
                saved={agents.get(one.value)}
              />
            ))}
            {end < shown.length && <Gap height={(shown.length - end) * ROW} />}
          </tbody>
        </table>
        {shown.length === 0 && <p className={tools.none}>{t("admin.nothing_found")}</p>}
      </div>
      {changed.length > 0 && <Consequences about="change" {...check} />}
      <Conflicts drafts={changed} />
      {changed.length > 0 && (
        <footer className={classes.saveBar}>
          <span className="grow muted">{t("admin.matrix.changed", { count: changed.length })}</span>
          <Button variant="default" onClick={() => changed.map((draft) => admin.discard(draft.kind, draft.id))}>
            {t("admin.discard")}
          </Button>
          <Button loading={saving} onClick={save}>
            {t("common.save")}
            <kbd className={classes.onAccent}>Ctrl S</kbd>
          </Button>
        </footer>
      )}
    </main>
  )
}

function Gap({ height }: { height: number }) {
  return (
    <tr aria-hidden style={{ height }}>
      <td />
    </tr>
  )
}

interface RowProps {
  at: number
  person: Option
  skills: readonly Option[]
  agent: AgentItem | undefined
  saved: AgentItem | undefined
}

function Row({ at, person, skills, agent, saved }: RowProps) {
  const { t } = useTranslation()
  const admin = useAdmin()
  if (!agent) return null
  const set = (skill: string, level: number) =>
    admin.edit("agent", agent.id, { ...agent, skills: withLevel(agent.skills, skill, level) })
  return (
    <tr aria-rowindex={at + 2}>
      <th scope="row">
        <Link className="cut" href={path("agents", person.value)}>
          {person.label}
        </Link>
      </th>
      {skills.map((skill) => {
        const level = levelOf(agent.skills, skill.value)
        const was = levelOf(saved?.skills ?? [], skill.value)
        return (
          <td key={skill.value} data-changed={level !== was || undefined} data-level={level || undefined}>
            <input
              inputMode="numeric"
              size={2}
              aria-label={t("admin.matrix.cell", { agent: person.label, skill: skill.label })}
              value={level || ""}
              readOnly={!admin.mayChange}
              style={{ "--level": `${level * 3}%` } as React.CSSProperties}
              onFocus={(event) => event.currentTarget.select()}
              onClick={(event) => event.currentTarget.select()}
              onKeyDown={move}
              onChange={(event) => set(skill.value, Number.parseInt(event.currentTarget.value, 10) || 0)}
            />
          </td>
        )
      })}
    </tr>
  )
}

/** Arrow keys go from cell to cell. */
function move(event: KeyboardEvent<HTMLInputElement>): void {
  const cell = event.currentTarget.closest("td")
  const row = cell?.parentElement
  if (!cell || !row || event.ctrlKey || event.metaKey || event.altKey) return
  const column = [...row.children].indexOf(cell)
  const next = {
    ArrowUp: row.previousElementSibling?.children[column],
    ArrowDown: row.nextElementSibling?.children[column],
    Enter: row.nextElementSibling?.children[column],
    ArrowLeft: row.children[column - 1],
    ArrowRight: row.children[column + 1],
  }[event.key]
  const field = next?.querySelector("input")
  if (!field) return
  event.preventDefault()
  field.focus()
}

/** Agents whom somebody else changed meanwhile; whose word counts is said where the agent is shown whole. */
function Conflicts({ drafts }: { drafts: readonly Draft[] }) {
  const { t } = useTranslation()
  const name = useName()
  const those = drafts.filter((draft) => draft.theirs !== undefined)
  if (those.length === 0) return null
  return (
    <p className={tools.conflicts} role="alert">
      {t("admin.matrix.conflict")}{" "}
      {those.map((draft) => (
        <Link key={draft.id} href={path("agents", draft.id)}>
          {name("agent", draft.id)}
        </Link>
      ))}
    </p>
  )
}

function useSaveAll(changed: readonly Draft[], { others, checking }: Check) {
  const { t } = useTranslation()
  const admin = useAdmin()
  const tell = useTellUndo()
  const [saving, setSaving] = useState(false)
  const told = (code: string) =>
    code === "conflict"
      ? t("admin.matrix.conflict_none")
      : t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })
  const save = async () => {
    if (saving) return
    if (blocked(others)) {
      notifications.show({ color: "stop", message: t("admin.matrix.mend_first") })
      return
    }
    const open = changed.filter((draft) => !draft.theirs)
    const whole = open.filter((draft) => admin.proposal(draft))
    setSaving(true)
    try {
      if (whole.length) tell(t("admin.matrix.saved", { count: whole.length }), await admin.saveAll(whole))
    } catch (error) {
      notifications.show({ color: "stop", message: told(codeOf(error)) })
    }
    setSaving(false)
    const failed = open.length - whole.length
    if (failed) notifications.show({ color: "stop", message: t("admin.matrix.failed", { count: failed }) })
  }
  const { waiting, go } = useOnceChecked(checking, () => void save())
  return { saving: saving || waiting, save: go }
}
