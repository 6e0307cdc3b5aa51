import { ActionIcon, Button, MultiSelect, NativeSelect, NumberInput, Tooltip } from "@mantine/core"
import { IconChevronDown, IconPlus, IconTrash } from "@tabler/icons-react"
import { useMemo, useState } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { useSnapshot } from "../model"
import { useName, useOptions } from "../names"
import { span, startSentence, stepSentence } from "../sentences"
import type { End, QueueItem, Step } from "../types"
import { useField, useForm, Wrong } from "./fields"
import steps from "./steps.module.css"

const FIRST_AFTER = 30

/** What happens to a contact while it waits, as a line of time: sentences to read, each one to be opened and changed. */
export function Steps() {
  const { t, i18n } = useTranslation()
  const { item, readOnly } = useForm<QueueItem>()
  const { value, set, error } = useField<Step[]>("steps")
  const { agents } = useSnapshot().configuration
  const name = useName()
  const [open, setOpen] = useState<number | null>(null)
  const direct = agents.filter((agent) => agent.queues.includes(item.id)).length
  const closed = value.at(-1)?.end != null

  const add = () => {
    const last = value.at(-1)?.after
    const step: Step = { after: last ? last * 2 : FIRST_AFTER, groups: [], lower: 0, drop: [], end: null }
    set([...value, step])
    setOpen(value.length)
  }
  const change = (at: number, step: Step) => set(value.map((one, index) => (index === at ? step : one)))
  const remove = (at: number) => {
    set(value.filter((_, index) => index !== at))
    setOpen(null)
  }

  return (
    <div className={classes.wide}>
      <ol className={steps.line}>
        <li className={steps.step}>
          <span className={steps.at}>{t("admin.steps.at_start")}</span>
          <p className={steps.sentence}>{startSentence(item, direct, name, t, i18n.language)}</p>
        </li>
        {value.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the line
          <li key={index} className={steps.step} data-end={step.end ? true : undefined}>
            <span className={steps.at}>{t("admin.steps.after", { time: span(step.after ?? 0, i18n.language) })}</span>
            <div className={steps.body}>
              <div className={steps.head}>
                <button
                  type="button"
                  className={`blank ${steps.sentence}`}
                  aria-expanded={open === index}
                  onClick={() => setOpen(open === index ? null : index)}
                >
                  {stepSentence(step, name, t, i18n.language)}
                  <IconChevronDown size={14} className={steps.fold} aria-hidden />
                </button>
                {!readOnly && (
                  <Tooltip label={t("admin.steps.remove")}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={t("admin.steps.remove_at", { time: span(step.after ?? 0, i18n.language) })}
                      onClick={() => remove(index)}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </div>
              <StepProblems at={index} />
              {open === index && (
                <StepForm last={index === value.length - 1} step={step} change={(next) => change(index, next)} />
              )}
            </div>
          </li>
        ))}
        {!closed && (
          <li className={steps.step} data-open>
            <span className={steps.at}>{t("admin.steps.then")}</span>
            <p className={`${steps.sentence} muted`}>{t("admin.steps.waits_on")}</p>
          </li>
        )}
      </ol>
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
      {!readOnly && (
        <Tooltip label={t("admin.steps.closed")} disabled={!closed}>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            data-disabled={closed || undefined}
            aria-disabled={closed}
            onClick={() => !closed && add()}
          >
            {t("admin.steps.add")}
          </Button>
        </Tooltip>
      )}
    </div>
  )
}

/** What is wrong within a step, told beside it whether it is open or not. */
function StepProblems({ at }: { at: number }) {
  const { problems } = useForm<QueueItem>()
  return (
    <Wrong problems={problems.filter(({ field }) => field === `steps.${at}` || field.startsWith(`steps.${at}.`))} />
  )
}

/** Null for an emptied field: it must be filled in before it is saved. */
function filled(next: number | string): number {
  return typeof next === "number" ? next : (null as unknown as number)
}

interface StepProps {
  last: boolean
  step: Step
  change: (step: Step) => void
}

function StepForm({ last, step, change }: StepProps) {
  const { t } = useTranslation()
  const { item, readOnly } = useForm<QueueItem>()
  const groups = useOptions("group", step.groups)
  const required = useMemo(() => [...step.drop], [step.drop])
  const skills = useOptions("skill", required)
  const needed = skills.filter(
    (one) => step.drop.includes(one.value) || item.skills.some((level) => level.skill === one.value),
  )
  return (
    <div className={classes.fields}>
      <NumberInput
        label={t("admin.steps.field_after")}
        value={step.after ?? ""}
        min={0}
        allowDecimal={false}
        suffix=" s"
        onChange={(next) => change({ ...step, after: filled(next) })}
      />
      <NumberInput
        label={t("admin.steps.field_lower")}
        value={step.lower ?? ""}
        min={0}
        max={10}
        allowDecimal={false}
        onChange={(next) => change({ ...step, lower: filled(next) })}
      />
      <div className={classes.wide}>
        <MultiSelect
          label={t("admin.steps.field_groups")}
          data={groups}
          value={step.groups}
          disabled={readOnly}
          searchable
          hidePickedOptions
          nothingFoundMessage={t("admin.nothing_found")}
          placeholder={step.groups.length ? undefined : t("admin.steps.no_groups")}
          onChange={(next) => change({ ...step, groups: next })}
        />
      </div>
      <div className={classes.wide}>
        <MultiSelect
          label={t("admin.steps.field_drop")}
          data={needed}
          value={step.drop}
          disabled={readOnly || needed.length === 0}
          searchable
          hidePickedOptions
          nothingFoundMessage={t("admin.nothing_found")}
          placeholder={
            step.drop.length ? undefined : t(needed.length ? "admin.steps.no_drop" : "admin.steps.no_skills")
          }
          onChange={(next) => change({ ...step, drop: next })}
        />
      </div>
      {(last || step.end) && <EndFields step={step} change={change} />}
    </div>
  )
}

function EndFields({ step, change }: Pick<StepProps, "step" | "change">) {
  const { t } = useTranslation()
  const { item } = useForm<QueueItem>()
  const used = useMemo(() => (step.end?.queue ? [step.end.queue] : []), [step.end])
  const queues = useOptions("queue", used).filter((one) => one.value !== item.id)
  const choose = (to: string) =>
    change({
      ...step,
      end: to ? { to: to as End["to"], queue: to === "queue" ? (queues[0]?.value ?? null) : null } : null,
    })
  return (
    <>
      <NativeSelect
        label={t("admin.steps.field_end")}
        value={step.end?.to ?? ""}
        data={[
          { value: "", label: t("admin.steps.end_none") },
          ...(["queue", "callback", "close"] as const).map((to) => ({
            value: to,
            label: t(`admin.steps.choose_${to}`),
          })),
        ]}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      {step.end?.to === "queue" && (
        <NativeSelect
          label={t("admin.steps.field_queue")}
          value={step.end.queue ?? ""}
          data={queues.length ? queues : [{ value: "", label: t("admin.steps.no_queue") }]}
          onChange={(event) => change({ ...step, end: { to: "queue", queue: event.currentTarget.value || null } })}
        />
      )}
    </>
  )
}
