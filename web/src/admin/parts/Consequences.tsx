import { Button, Loader } from "@mantine/core"
import { IconAlertCircle, IconArrowRight, IconCheck } from "@tabler/icons-react"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { labelIn, nameOf } from "../items"
import { useSnapshot } from "../model"
import { useName, useSay } from "../names"
import { path, sectionOf } from "../route"
import type { Checked, Effect, Kind, Problem, Touched } from "../types"
import { Link } from "./Link"

interface Props {
  about: "change" | "removal" | "import"
  checked: Checked | null
  checking: boolean
  /** Why it could not be asked, as a code. */
  failed?: string | null
  again?: () => void
  /** Of the item itself; the form says them too, where they belong. */
  own: readonly Problem[]
  /** Of other items. */
  others: readonly Problem[]
}

/** "What this changes": before it is saved, in sentences. */
export function Consequences({ about, checked, checking, failed = null, again, own, others }: Props) {
  const { t } = useTranslation()
  const say = useSay()
  const effects = checked?.effects ?? []
  const touched = about === "import" ? (checked?.changed ?? []) : []
  const quiet = own.length + others.length + effects.length === 0
  return (
    <aside className={classes.effects} data-about={about} aria-labelledby="admin-effects">
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
          {effects
            .filter(({ code }) => code !== "dangling")
            .map((effect) => (
              <li key={`${effect.code} ${JSON.stringify(effect.params)}`}>
                <IconArrowRight size={16} aria-hidden />
                <span>{say.effect(effect)}</span>
              </li>
            ))}
          <Dangling effects={effects} />
        </ul>
        {touched.length > 0 && <Touch touched={touched} />}
        {quiet && checked && (
          <p className={classes.calm}>
            <IconCheck size={16} aria-hidden />
            {t(`admin.effects.none_${about}`)}
          </p>
        )}
        {failed !== null && <Failed code={failed} again={again} />}
        {quiet && !checked && failed === null && <p className="muted">{t("admin.effects.asking")}</p>}
      </div>
    </aside>
  )
}

function Failed({ code, again }: { code: string; again: (() => void) | undefined }) {
  const { t } = useTranslation()
  return (
    <p className="row wrap" role="alert">
      <span className="grow">
        {t("admin.effects.failed")} {t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })}
      </span>
      {again && (
        <Button size="compact-sm" variant="default" onClick={again}>
          {t("common.again")}
        </Button>
      )}
    </p>
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

const NAMED = 3

/** What would be named and not be there any more; many who name the same are one line. */
function Dangling({ effects }: { effects: readonly Effect[] }) {
  const { t, i18n } = useTranslation()
  const name = useName()
  const lost = new Map<string, { of: Kind; to: string; who: string[] }>()
  for (const { code, params } of effects) {
    if (code !== "dangling") continue
    const { kind, id, of, to } = params as Record<"id" | "to", string> & Record<"kind" | "of", Kind>
    const one = lost.get(`${of} ${to}`) ?? { of, to, who: [] }
    one.who.push(name(kind, id))
    lost.set(`${of} ${to}`, one)
  }
  const list = new Intl.ListFormat(i18n.language, { type: "conjunction" })
  return [...lost.values()].map(({ of, to, who }) => {
    const rest = who.length - NAMED
    const named = rest > 1 ? [...who.slice(0, NAMED), t("admin.alarm.others", { count: rest })] : who
    return (
      <li key={`${of} ${to}`} className={classes.warned}>
        <IconAlertCircle size={16} aria-hidden />
        <span>
          {list.format(named)} {t(`admin.alarm.loses_${of}`, { name: name(of, to) })}
        </span>
      </li>
    )
  })
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
