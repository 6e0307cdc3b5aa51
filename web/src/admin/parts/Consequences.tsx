import { Loader } from "@mantine/core"
import { IconAlertCircle, IconArrowRight, IconCheck } from "@tabler/icons-react"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { labelIn, nameOf } from "../items"
import { useSnapshot } from "../model"
import { useName, useSay } from "../names"
import { path, sectionOf } from "../route"
import type { Checked, Problem, Touched } from "../types"
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
  const touched = about === "import" ? (checked?.changed ?? []) : []
  const quiet = own.length + others.length + effects.length === 0
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
            <li
              key={`${effect.code} ${JSON.stringify(effect.params)}`}
              className={effect.code === "dangling" ? classes.warned : undefined}
            >
              {effect.code === "dangling" ? (
                <IconAlertCircle size={16} aria-hidden />
              ) : (
                <IconArrowRight size={16} aria-hidden />
              )}
              <span>{say.effect(effect)}</span>
            </li>
          ))}
        </ul>
        {touched.length > 0 && <Touch touched={touched} />}
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
  if (kind === "file") return null
  if (kind === "rules") return <Link href={path("rules")}>{t("admin.nav.rules")}</Link>
  return <Link href={path(sectionOf(kind), id)}>{name(kind, id)}</Link>
}

const SHOWN = 30

/** Which items a file adds, changes and removes. */
function Touch({ touched }: { touched: readonly Touched[] }) {
  const { t, i18n } = useTranslation()
  const snapshot = useSnapshot()
  const called = ({ kind, id, name }: Touched) => {
    if (kind === "rules") return t("admin.nav.rules")
    if (kind === "agent") return nameOf(kind, id, snapshot.configuration, snapshot.people, i18n.language)
    return labelIn(name, i18n.language) || id
  }
  const list = new Intl.ListFormat(i18n.language, { type: "unit" })
  return (
    <dl className={classes.touched}>
      {(["added", "changed", "removed"] as const).map((what) => {
        const those = touched.filter((one) => one.what === what)
        if (those.length === 0) return null
        return (
          <div key={what}>
            <dt>{t(`admin.transfer.${what}`, { count: those.length })}</dt>
            <dd>
              {list.format(those.slice(0, SHOWN).map(called))}
              {those.length > SHOWN && ` ${t("admin.form.and_more", { count: those.length - SHOWN })}`}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
