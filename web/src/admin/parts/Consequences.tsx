import { Loader } from "@mantine/core"
import { IconAlertCircle, IconArrowRight, IconCheck } from "@tabler/icons-react"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { useName, useSay } from "../names"
import { path, sectionOf } from "../route"
import type { Alarm, Checked, Problem } from "../types"
import { Link } from "./Link"

interface Props {
  about: "change" | "removal" | "import"
  checked: Checked | null
  checking: boolean
  /** Of the item itself; the form says them too, where they belong. */
  own: readonly Problem[]
  /** Of other items. */
  others: readonly Problem[]
}

/** "What this changes": before it is saved, in sentences. */
export function Consequences({ about, checked, checking, own, others }: Props) {
  const { t } = useTranslation()
  const say = useSay()
  const effects = checked?.effects ?? []
  const alarms = checked?.alarms ?? []
  const quiet = own.length + others.length + alarms.length + effects.length === 0
  return (
    <aside className={classes.effects} aria-labelledby="admin-effects">
      <h3 id="admin-effects" className={classes.effectsHead}>
        <span className="grow">{t(`admin.effects.${about}`)}</span>
        {checking && <Loader size={14} aria-hidden />}
      </h3>
      <div role="status" className={classes.told}>
        <ul className={classes.effectList}>
          {own.map((problem) => (
            <Wrong key={`${problem.field} ${problem.code}`} problem={problem}>
              <b>{t(`admin.field.${fieldOf(problem.field)}`, { defaultValue: "" })}</b>
            </Wrong>
          ))}
          {others.map((problem) => (
            <Wrong key={`${problem.kind} ${problem.id} ${problem.field} ${problem.code}`} problem={problem}>
              <Owner problem={problem} />
            </Wrong>
          ))}
        </ul>
        <ul className={classes.effectList}>
          {effects.map((effect) => (
            <li key={`${effect.code} ${JSON.stringify(effect.params)}`}>
              <IconArrowRight size={16} aria-hidden />
              <span>{say.effect(effect)}</span>
            </li>
          ))}
          <NewAlarms alarms={alarms} />
        </ul>
        {quiet && checked && (
          <p className={classes.calm}>
            <IconCheck size={16} aria-hidden />
            {t(`admin.effects.none_${about}`)}
          </p>
        )}
        {quiet && !checked && <p className="muted">{t("admin.effects.asking")}</p>}
      </div>
    </aside>
  )
}

/** `steps.0.after` is told as the steps, `callback.attempts` as the callback. */
function fieldOf(field: string): string {
  return field.split(".")[0] || "item"
}

function Wrong({ problem, children }: { problem: Problem; children: ReactNode }) {
  const say = useSay()
  return (
    <li className={problem.severity === "error" ? classes.refused : classes.warned}>
      <IconAlertCircle size={16} aria-hidden />
      <span>
        {children} {say.problem(problem)}
      </span>
    </li>
  )
}

function Owner({ problem: { kind, id } }: { problem: Problem }) {
  const { t } = useTranslation()
  const name = useName()
  if (kind === "rules") return <Link href={path("rules")}>{t("admin.nav.rules")}</Link>
  return <Link href={path(sectionOf(kind), id)}>{name(kind, id)}</Link>
}

function NewAlarms({ alarms }: { alarms: readonly Alarm[] }) {
  const { t } = useTranslation()
  const name = useName()
  return alarms.map((alarm) => (
    <li key={`${alarm.kind} ${alarm.id} ${alarm.of} ${alarm.to}`} className={classes.warned}>
      <IconAlertCircle size={16} aria-hidden />
      <span>
        {name(alarm.kind, alarm.id)} {t(`admin.alarm.names_${alarm.of}`, { name: alarm.to })}
      </span>
    </li>
  ))
}
