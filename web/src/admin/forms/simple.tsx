import { TextInput } from "@mantine/core"
import { useTranslation } from "react-i18next"
import { LANGUAGE_NAMES, LANGUAGES } from "../../staff/i18n"
import classes from "../admin.module.css"
import { readLabel, writeLabel } from "../items"
import { useAdminState, useSnapshot } from "../model"
import { useOptions } from "../names"
import { Link } from "../parts/Link"
import { path as addressOf } from "../route"
import { type AgentItem, type Choice, MAX_MEMBERS, type Named, type TeamListItem } from "../types"
import { ManyField, Part, TextField, useField, useForm, Wide } from "./fields"

/** A skill or a group: a name, and who has it. */
export function NamedForm({ kind }: { kind: "skill" | "group" }) {
  const { t } = useTranslation()
  const { item } = useForm<Named>()
  return (
    <>
      <Part title={t("admin.form.what")}>
        <TextField path="name" label={t("admin.form.name")} />
      </Part>
      {item.id && <Holders kind={kind} id={item.id} />}
    </>
  )
}

const SHOWN = 40

function Holders({ kind, id }: { kind: "skill" | "group"; id: string }) {
  const { t } = useTranslation()
  const people = useOptions("agent")
  const { configuration } = useSnapshot()
  const has = (agent: AgentItem) =>
    kind === "group" ? agent.groups.includes(id) : agent.skills.some((one) => one.skill === id)
  const ids = new Set(configuration.agents.filter(has).map((one) => one.id))
  const queues = configuration.queues.filter((queue) =>
    kind === "group"
      ? queue.groups.includes(id) || queue.steps.some((step) => step.groups.includes(id))
      : queue.skills.some((one) => one.skill === id),
  )
  const agents = people.filter((one) => ids.has(one.value))
  const level = (agent: string) =>
    configuration.agents.find((one) => one.id === agent)?.skills.find((one) => one.skill === id)?.level
  return (
    <>
      <Part title={t(`admin.form.agents_of_${kind}`, { count: agents.length })}>
        <Wide>
          {agents.length === 0 && <p className={classes.hint}>{t(`admin.form.no_agents_of_${kind}`)}</p>}
          <ul className={classes.chips}>
            {agents.slice(0, SHOWN).map((one) => (
              <li key={one.value}>
                <Link className={classes.chip} href={addressOf("agents", one.value)}>
                  {one.label}
                  {kind === "skill" && <b>{level(one.value)}</b>}
                </Link>
              </li>
            ))}
            {agents.length > SHOWN && (
              <li className="muted">{t("admin.form.and_more", { count: agents.length - SHOWN })}</li>
            )}
          </ul>
        </Wide>
      </Part>
      <Part title={t("admin.form.queues_using", { count: queues.length })}>
        <Wide>
          {queues.length === 0 && <p className={classes.hint}>{t("admin.form.no_queue_uses")}</p>}
          <ul className={classes.chips}>
            {queues.map((queue) => (
              <li key={queue.id}>
                <Link className={classes.chip} href={addressOf("queues", queue.id)}>
                  {queue.name}
                </Link>
              </li>
            ))}
          </ul>
        </Wide>
      </Part>
    </>
  )
}

/** A reason or an outcome code: what it is called in each language. */
export function LabelForm() {
  const { t } = useTranslation()
  return (
    <Part title={t("admin.form.what")} about={t("admin.form.label_about")}>
      <Label path="label" />
    </Part>
  )
}

/** A text for each language of the product. One that is missing is filled by the others. */
export function Label({ path }: { path: string }) {
  const { t } = useTranslation()
  const { value, set, error } = useField<Choice["label"]>(path)
  const texts = readLabel(value ?? "")
  const change = (language: string, text: string) => {
    const { "": all, ...rest } = texts
    const before = Object.fromEntries(LANGUAGES.map((one) => [one, all ?? ""]))
    set(writeLabel({ ...before, ...rest, [language]: text }))
  }
  return (
    <>
      {LANGUAGES.map((language, index) => (
        <TextInput
          key={language}
          label={t("admin.form.name_in", { language: LANGUAGE_NAMES[language] })}
          lang={language}
          value={texts[language] ?? texts[""] ?? ""}
          error={index === 0 ? error : undefined}
          onChange={(event) => change(language, event.currentTarget.value)}
        />
      ))}
    </>
  )
}

export function TeamListForm() {
  const { t } = useTranslation()
  const { item } = useForm<TeamListItem>()
  const people = useAdminState((state) => state.snapshot?.people ?? [])
  const known = new Set(people.map((one) => one.user))
  const members = [
    ...people.map((one) => ({
      value: one.user,
      label: one.department ? `${one.display_name} · ${one.department}` : one.display_name,
    })),
    ...item.members.filter((id) => !known.has(id)).map((id) => ({ value: id, label: t("admin.gone", { name: id }) })),
  ]
  const departments = [...new Set([...people.map((one) => one.department), ...item.departments])].filter(Boolean).sort()
  const groups = useOptions("group", item.groups)
  return (
    <>
      <Part title={t("admin.form.what")}>
        <TextField path="name" label={t("admin.form.name")} />
        <Wide>
          <ManyField
            path="members"
            label={t("admin.team.members", { count: item.members.length, most: MAX_MEMBERS })}
            about={t("admin.team.members_about")}
            data={members}
            most={MAX_MEMBERS}
            placeholder={t("admin.team.find_people")}
          />
        </Wide>
      </Part>
      <Part title={t("admin.team.shown_to")} about={t("admin.team.shown_about")}>
        <Wide>
          <ManyField
            path="departments"
            label={t("admin.team.departments")}
            data={departments.map((name) => ({ value: name, label: name }))}
            placeholder={t("admin.team.any_department")}
          />
        </Wide>
        <Wide>
          <ManyField
            path="groups"
            label={t("admin.team.groups")}
            data={groups}
            placeholder={t("admin.team.any_group")}
          />
        </Wide>
      </Part>
    </>
  )
}
