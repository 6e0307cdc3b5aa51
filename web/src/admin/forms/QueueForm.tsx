import { Button, CloseButton } from "@mantine/core"
import { IconPlus } from "@tabler/icons-react"
import { useMemo } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { idFor } from "../items"
import { useSnapshot } from "../model"
import { useName, useOptions } from "../names"
import { Link } from "../parts/Link"
import { path as addressOf } from "../route"
import { type Choice, type QueueItem, RECORDING } from "../types"
import {
  ChoiceField,
  ManyField,
  NumberField,
  Part,
  SwitchField,
  TextField,
  useField,
  useForm,
  Wide,
  Wrong,
} from "./fields"
import { Levels } from "./Levels"
import { Optional } from "./Optional"
import { Steps } from "./Steps"
import { Label } from "./simple"

export function QueueForm() {
  const { t } = useTranslation()
  const { item } = useForm<QueueItem>()
  const groups = useOptions("group", item.groups)
  const used = useMemo(
    () => [item.hours, item.callback.hours].filter((id): id is string => id !== null),
    [item.hours, item.callback.hours],
  )
  const hours = useOptions("hours", used)
  return (
    <>
      <Part title={t("admin.form.what")}>
        <TextField path="name" label={t("admin.form.name")} />
        <ChoiceField path="hours" label={t("admin.queue.hours")} data={hours} none={t("admin.queue.always_open")} />
        <Wide>
          <SwitchField path="default" label={t("admin.queue.default")} about={t("admin.queue.default_about")} />
        </Wide>
      </Part>
      <Part title={t("admin.queue.who")} about={t("admin.queue.who_about")}>
        <Wide>
          <ManyField
            path="groups"
            label={t("admin.queue.groups")}
            data={groups}
            placeholder={t("admin.queue.no_groups")}
          />
        </Wide>
        <Wide>
          <DirectAgents queue={item.id} />
        </Wide>
        <Wide>
          <Levels path="skills" label={t("admin.queue.skills")} none={t("admin.queue.no_skills")} />
        </Wide>
      </Part>
      <Part title={t("admin.queue.steps")} about={t("admin.queue.steps_about")}>
        <Steps />
      </Part>
      <Part title={t("admin.queue.order")}>
        <NumberField
          path="priority"
          label={t("admin.queue.priority")}
          about={t("admin.queue.priority_about")}
          min={-100}
          max={100}
        />
        <NumberField path="ageing" label={t("admin.queue.ageing")} about={t("admin.queue.ageing_about")} unit="s" />
        <NumberField
          path="sticky_days"
          label={t("admin.queue.sticky_days")}
          about={t("admin.queue.sticky_days_about")}
          unit={t("admin.unit.days")}
        />
        <NumberField
          path="sticky_seconds"
          label={t("admin.queue.sticky_seconds")}
          about={t("admin.queue.sticky_seconds_about")}
          unit="s"
        />
      </Part>
      <Part title={t("admin.queue.serving")}>
        <NumberField
          path="offer_seconds"
          label={t("admin.queue.offer_seconds")}
          about={t("admin.queue.offer_about")}
          unit="s"
          min={1}
        />
        <Optional
          path="wrap_up_seconds"
          label={t("admin.queue.wrap_up")}
          nothing={t("admin.queue.wrap_up_open")}
          something={t("admin.queue.wrap_up_timed")}
          fresh={30}
          unit="s"
        />
        <ChoiceField
          path="recording"
          label={t("admin.queue.recording")}
          data={RECORDING.map((value) => ({ value, label: t(`admin.queue.recording_${value}`) }))}
        />
        <NumberField
          path="service_level_seconds"
          label={t("admin.queue.service_level")}
          about={t("admin.queue.service_level_about")}
          unit="s"
        />
        <NumberField
          path="handle_seconds"
          label={t("admin.queue.handle")}
          about={t("admin.queue.handle_about")}
          unit="s"
          min={1}
        />
        <Wide>
          <SwitchField path="allow_pick" label={t("admin.queue.pick")} about={t("admin.queue.pick_about")} />
        </Wide>
      </Part>
      <Callback hours={hours} />
      <Part title={t("admin.queue.codes")} about={t("admin.queue.codes_about")}>
        <Codes />
      </Part>
    </>
  )
}

const SHOWN = 12

/** Agents who are in the queue by name; they are put there on their own pages. */
function DirectAgents({ queue }: { queue: string }) {
  const { t } = useTranslation()
  const { agents } = useSnapshot().configuration
  const name = useName()
  const here = queue === "" ? [] : agents.filter((agent) => agent.queues.includes(queue))
  return (
    <div>
      <p className={classes.label}>{t("admin.queue.direct", { count: here.length })}</p>
      {here.length === 0 && <p className={classes.hint}>{t("admin.queue.no_direct")}</p>}
      <ul className={classes.chips}>
        {here.slice(0, SHOWN).map((agent) => (
          <li key={agent.id}>
            <Link className={classes.chip} href={addressOf("agents", agent.id)}>
              {name("agent", agent.id)}
            </Link>
          </li>
        ))}
        {here.length > SHOWN && <li className="muted">{t("admin.form.and_more", { count: here.length - SHOWN })}</li>}
      </ul>
    </div>
  )
}

function Callback({ hours }: { hours: ReturnType<typeof useOptions> }) {
  const { t } = useTranslation()
  return (
    <Part title={t("admin.queue.callback")} about={t("admin.queue.callback_about")}>
      <Optional
        path="callback.offer_after"
        label={t("admin.queue.offer_after")}
        nothing={t("admin.queue.offer_never")}
        something={t("admin.queue.offer_when")}
        fresh={120}
        unit="s"
      />
      <ChoiceField
        path="callback.hours"
        label={t("admin.queue.callback_hours")}
        data={hours}
        none={t("admin.queue.callback_same_hours")}
      />
      <NumberField path="callback.attempts" label={t("admin.queue.attempts")} min={1} max={20} />
      <NumberField path="callback.retry_seconds" label={t("admin.queue.retry")} scale={1 / 60} unit="min" min={1} />
      <Wide>
        <SwitchField
          path="callback.on_abandon"
          label={t("admin.queue.on_abandon")}
          about={t("admin.queue.on_abandon_about")}
        />
      </Wide>
    </Part>
  )
}

/** Outcome codes of this queue alone. */
function Codes() {
  const { t } = useTranslation()
  const { readOnly, problems } = useForm<QueueItem>()
  const { value, set } = useField<Choice[]>("outcome_codes")
  const add = () =>
    set([
      ...value,
      {
        id: idFor(
          "code",
          value.map((one) => one.id),
        ),
        label: "",
      },
    ])
  return (
    <Wide>
      <ul className={classes.codes}>
        {value.map((code, index) => (
          <li key={code.id}>
            <Label path={`outcome_codes.${index}.label`} />
            {!readOnly && (
              <CloseButton
                aria-label={t("admin.queue.remove_code", { number: index + 1 })}
                onClick={() => set(value.filter((_, at) => at !== index))}
              />
            )}
          </li>
        ))}
      </ul>
      <Wrong problems={problems.filter(({ field }) => /^outcome_codes\.\d+(\.id)?$/.test(field))} />
      {!readOnly && (
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={add}>
          {t("admin.queue.add_code")}
        </Button>
      )}
    </Wide>
  )
}
