import { useMemo } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { useSnapshot } from "../model"
import { useOptions } from "../names"
import { type AgentItem, MAX_CAPACITY } from "../types"
import { ManyField, NumberField, Part, SearchField, useForm, Wide } from "./fields"
import { Levels } from "./Levels"
import { Limits } from "./Limits"

export function AgentForm({ isNew }: { isNew: boolean }) {
  const { t } = useTranslation()
  const { item } = useForm<AgentItem>()
  const { configuration } = useSnapshot()
  const queues = useOptions("queue", item.queues)
  const groups = useOptions("group", item.groups)
  const { rules } = configuration
  const most = rules.single_session ? 1 : item.capacity
  return (
    <>
      <Part title={t("admin.agent.who")}>
        <Wide>{isNew ? <ChoosePerson /> : <Person id={item.id} />}</Wide>
      </Part>
      <Part title={t("admin.agent.serves")} about={t("admin.agent.serves_about")}>
        <Wide>
          <ManyField
            path="queues"
            label={t("admin.agent.queues")}
            data={queues}
            placeholder={t("admin.agent.no_queues")}
          />
        </Wide>
        <Wide>
          <ManyField
            path="groups"
            label={t("admin.agent.groups")}
            data={groups}
            placeholder={t("admin.agent.no_groups")}
          />
        </Wide>
        <Wide>
          <Levels
            path="skills"
            label={t("admin.agent.skills")}
            about={t("admin.agent.skills_about")}
            none={t("admin.agent.no_skills")}
          />
        </Wide>
      </Part>
      <Part title={t("admin.agent.load")} about={t("admin.agent.load_about")}>
        <NumberField
          path="capacity"
          label={t("admin.agent.capacity")}
          about={rules.single_session ? t("admin.agent.single_session") : t("admin.agent.capacity_about")}
          min={1}
          max={MAX_CAPACITY}
        />
        <Limits
          path="limits"
          usual={(medium) =>
            String(Math.min(most, rules.limits[medium] ?? (medium === "voice" || medium === "callback" ? 1 : most)))
          }
        />
      </Part>
    </>
  )
}

/** Whoever has an account and is no agent yet. */
function ChoosePerson() {
  const { t } = useTranslation()
  const { people, configuration } = useSnapshot()
  const options = useMemo(() => {
    const there = new Set(configuration.agents.map((one) => one.id))
    return people
      .filter((one) => !there.has(one.user) && !one.disabled)
      .map((one) => ({
        value: one.user,
        label: one.department ? `${one.display_name} · ${one.department}` : one.display_name,
      }))
  }, [people, configuration.agents])
  return (
    <SearchField
      path="id"
      label={t("admin.agent.person")}
      about={options.length ? t("admin.agent.person_about") : t("admin.agent.nobody_left")}
      data={options}
      placeholder={t("admin.agent.find")}
    />
  )
}

function Person({ id }: { id: string }) {
  const { t } = useTranslation()
  const { people } = useSnapshot()
  const person = people.find((one) => one.user === id)
  if (!person) return <p className={classes.error}>{t("admin.agent.no_account")}</p>
  return (
    <dl className={classes.facts}>
      <div>
        <dt>{t("admin.agent.account")}</dt>
        <dd>{person.name}</dd>
      </div>
      {person.department && (
        <div>
          <dt>{t("admin.agent.department")}</dt>
          <dd>{person.department}</dd>
        </div>
      )}
      {person.disabled && (
        <div>
          <dt>{t("admin.agent.state")}</dt>
          <dd>{t("admin.agent.disabled")}</dd>
        </div>
      )}
    </dl>
  )
}
