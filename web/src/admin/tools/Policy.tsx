import { NativeSelect, NumberInput, Select, Slider, TextInput } from "@mantine/core"
import { useCallback, useMemo, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AgentVerdict, PolicyAnswer } from "../../contract/messages"
import classes from "../admin.module.css"
import { api } from "../api"
import { useLoad } from "../load"
import { useSnapshot } from "../model"
import { useName, useOptions } from "../names"
import { Link } from "../parts/Link"
import { ranked } from "../policy"
import { path } from "../route"
import { span } from "../sentences"
import { MAX_LEVEL, MEDIA, type Medium, type PolicyQuestion } from "../types"
import tools from "./tools.module.css"

const LONGEST_WAIT = 1200

/** Who would get a contact of this kind now, and why the others would not: by the routing itself. */
export function Policy() {
  const { t } = useTranslation()
  const { configuration, version } = useSnapshot()
  const start = configuration.queues.find((queue) => queue.default) ?? configuration.queues[0]
  const [question, setQuestion] = useState<PolicyQuestion>({
    queue: start?.id ?? "",
    medium: "session",
    priority: 0,
    skills: {},
    agent: null,
    customer_key: "",
    waited: 0,
  })
  if (configuration.queues.length === 0) {
    return (
      <main className={classes.tool}>
        <div className={classes.hollow}>
          <h2>{t("admin.nav.policy")}</h2>
          <p>{t("admin.policy.no_queue")}</p>
          <Link href={path("queues")}>{t("admin.nav.queues")}</Link>
        </div>
      </main>
    )
  }
  return (
    <main className={classes.tool}>
      <h2>{t("admin.nav.policy")}</h2>
      <p className="muted">{t("admin.policy.about")}</p>
      <div className={tools.policy}>
        <Question question={question} change={(part) => setQuestion({ ...question, ...part })} />
        <Answer key={version} question={question} />
      </div>
    </main>
  )
}

interface QuestionProps {
  question: PolicyQuestion
  change: (part: Partial<PolicyQuestion>) => void
}

function Question({ question, change }: QuestionProps) {
  const { t, i18n } = useTranslation()
  const queues = useOptions("queue")
  const agents = useOptions("agent")
  const { configuration } = useSnapshot()
  const steps = configuration.queues.find((queue) => queue.id === question.queue)?.steps ?? []
  const last = Math.min(LONGEST_WAIT * 6, Math.max(300, ...steps.map((step) => step.after * 1.25)))
  const marks = steps.map((step) => ({ value: step.after }))
  return (
    <div className={tools.question}>
      <NativeSelect
        label={t("admin.policy.queue")}
        data={queues}
        value={question.queue}
        onChange={(event) => change({ queue: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("admin.policy.medium")}
        data={MEDIA.map((value) => ({ value, label: t(`admin.medium.${value}`) }))}
        value={question.medium}
        onChange={(event) => change({ medium: event.currentTarget.value as Medium })}
      />
      <NumberInput
        label={t("admin.queue.priority")}
        min={-100}
        max={100}
        allowDecimal={false}
        value={Number.isNaN(question.priority) ? "" : question.priority}
        error={Number.isNaN(question.priority) && t("admin.problem.required")}
        onChange={(next) => change({ priority: typeof next === "number" ? next : Number.NaN })}
      />
      <Select
        label={t("admin.policy.agent")}
        data={agents}
        value={question.agent}
        placeholder={t("admin.policy.any_agent")}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("admin.policy.any_agent") }}
        limit={50}
        nothingFoundMessage={t("admin.nothing_found")}
        onChange={(agent) => change({ agent })}
      />
      <TextInput
        label={t("admin.policy.customer")}
        description={t("admin.policy.customer_about")}
        value={question.customer_key}
        onChange={(event) => change({ customer_key: event.currentTarget.value })}
      />
      <Needs question={question} change={change} />
      <div className={tools.waited}>
        <p className={classes.label}>{t("admin.policy.waited", { time: span(question.waited, i18n.language) })}</p>
        <Slider
          value={question.waited}
          min={0}
          max={last}
          step={5}
          label={null}
          marks={marks}
          thumbLabel={t("admin.policy.waited_name")}
          onChange={(waited) => change({ waited })}
        />
      </div>
    </div>
  )
}

function Needs({ question, change }: QuestionProps) {
  const { t } = useTranslation()
  const skills = useOptions("skill")
  const name = useName()
  if (skills.length === 0) return null
  const left = skills.filter((one) => !(one.value in question.skills))
  const without = (skill: string) =>
    Object.fromEntries(Object.entries(question.skills).filter(([other]) => other !== skill))
  return (
    <fieldset className={classes.levels}>
      <legend>{t("admin.policy.skills")}</legend>
      <ul>
        {Object.entries(question.skills).map(([skill, level]) => (
          <li key={skill} className={classes.level}>
            <span className="cut">{name("skill", skill)}</span>
            <Slider
              value={level}
              min={0}
              max={MAX_LEVEL}
              label={null}
              thumbLabel={t("admin.form.level_of", { name: name("skill", skill) })}
              onChange={(next) =>
                change({ skills: next === 0 ? without(skill) : { ...question.skills, [skill]: next } })
              }
            />
            <b>{level}</b>
          </li>
        ))}
      </ul>
      {left.length > 0 && (
        <NativeSelect
          aria-label={t("admin.form.add_skill")}
          value=""
          data={[{ value: "", label: t("admin.form.add_skill") }, ...left]}
          onChange={(event) => {
            const skill = event.currentTarget.value
            if (skill) change({ skills: { ...question.skills, [skill]: 5 } })
          }}
        />
      )}
    </fieldset>
  )
}

function Answer({ question }: { question: PolicyQuestion }) {
  const { t } = useTranslation()
  const ask = useCallback((signal: AbortSignal) => api.policy(question, signal), [question])
  const whole = !Number.isNaN(question.priority)
  const answer = useLoad(whole ? ask : null, 200)
  if (!whole) return <p className="muted">{t("admin.mend_first")}</p>
  if (answer.kind === "loading") {
    return (
      <p className="muted" role="status">
        {t("common.loading")}
      </p>
    )
  }
  if (answer.kind === "error") {
    return (
      <p className={classes.error} role="alert">
        {t(`common.error.${answer.code}`, { defaultValue: t("common.error.server_error") })}
      </p>
    )
  }
  return (
    <div className={tools.asked} data-stale={answer.stale || undefined} aria-busy={answer.stale}>
      <Result explanation={answer.value} />
    </div>
  )
}

const SHOWN = 200

function Result({ explanation }: { explanation: PolicyAnswer }) {
  const { t, i18n } = useTranslation()
  const agents = useMemo(() => ranked(explanation), [explanation])
  const language = i18n.language
  const { chosen, steps, waited, next_step: next } = explanation
  const needs = explanation.skills.map(({ name, level }) => t("admin.steps.level", { name, level }))
  const list = (parts: readonly string[]) => new Intl.ListFormat(language, { type: "conjunction" }).format(parts)
  return (
    <section className={tools.answer} aria-label={t("admin.policy.result")}>
      <div className={tools.verdict} data-found={chosen ? true : undefined} role="status">
        <h3>
          {chosen ? t("admin.policy.gets", { name: explanation.chosen_name ?? chosen }) : t("admin.policy.waits")}
        </h3>
        <p>
          {steps > 0 ? t("admin.policy.steps", { count: steps }) : t("admin.policy.no_steps")}{" "}
          {next !== null && t("admin.policy.next", { time: span(Math.max(0, next - waited), language) })}
        </p>
        {needs.length > 0 && <p>{t("admin.policy.needs", { skills: list(needs) })}</p>}
        {explanation.groups.length > 0 && (
          <p>{t("admin.policy.groups", { groups: list(explanation.groups.map(({ name }) => name)) })}</p>
        )}
      </div>
      {agents.length === 0 ? (
        <p className="muted">{t("admin.policy.no_agents")}</p>
      ) : (
        <div className={tools.scrollX}>
          <table className={tools.table}>
            <thead>
              <tr>
                <th scope="col">{t("admin.policy.agent_column")}</th>
                <th scope="col">{t("admin.policy.why")}</th>
                <th scope="col" className={tools.number}>
                  {t("admin.policy.skill_sum")}
                </th>
                <th scope="col" className={tools.number}>
                  {t("admin.policy.load")}
                </th>
              </tr>
            </thead>
            <tbody>
              {agents.slice(0, SHOWN).map((one) => (
                <Row key={one.agent} one={one} chosen={one.agent === chosen} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {agents.length > SHOWN && <p className="muted">{t("admin.form.and_more", { count: agents.length - SHOWN })}</p>}
    </section>
  )
}

function Row({ one, chosen }: { one: AgentVerdict; chosen: boolean }) {
  const { t } = useTranslation()
  const reasons = one.reasons.map((why) =>
    t(`admin.why.${why.code}`, {
      skill: why.skill_name ?? "",
      has: why.has,
      needs: why.needs,
      defaultValue: why.code,
    }),
  )
  return (
    <tr data-chosen={chosen || undefined}>
      <th scope="row">
        <Link href={path("agents", one.agent)}>{one.name}</Link>
      </th>
      <td>
        {chosen && <span className="pill live">{t("admin.policy.chosen")}</span>}
        {!chosen && reasons.length === 0 && <span className="pill">{t("admin.policy.could")}</span>}
        {reasons.length > 0 && <span className={tools.reasons}>{reasons.join(" · ")}</span>}
      </td>
      <td className={tools.number}>{one.skill_sum}</td>
      <td className={tools.number}>{one.load}</td>
    </tr>
  )
}
