import { Select, TextInput, UnstyledButton } from "@mantine/core"
import { IconAdjustmentsHorizontal, IconSearch, IconX } from "@tabler/icons-react"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { Colleague } from "../../contract/messages"
import { labelOf, TEAM_ORDERS, type TeamOrder, teamOf } from "../../data/desk"
import { remember, remembered } from "../../data/memory"
import { initials } from "../../staff/format"
import { useDesk } from "../context"
import { MediumSign } from "../MediumSign"
import { Running } from "../Running"
import { ColleagueMenu } from "./ColleagueMenu"
import { SIGN } from "./standing"
import { TeamBar } from "./TeamBar"

/** The colleagues on the lists that the administrator set: who they are, what they do, and how to reach them. */
export function Team() {
  const { t, i18n } = useTranslation()
  const [list, setList] = useState<string | null>(null)
  const [order, setOrder] = useState<TeamOrder>(() => remembered<TeamOrder>("team_order", true) ?? "state")
  const [text, setText] = useState("")
  const [open, setOpen] = useState(false)
  const lists = useDesk((state) => state.desk?.teams ?? [])
  const shown = lists.some((one) => one.id === list) ? list : null
  // Who folds the search away sees everybody again; a list that stays chosen is named above its people.
  const words = open ? text : ""
  const team = useDesk((state) => (state.desk ? teamOf(state.desk, shown, order, words, i18n.language) : []))
  const listName = lists.find((one) => one.id === shown)?.name
  const sort = (value: string | null) => {
    const next = TEAM_ORDERS.find((one) => one === value) ?? "state"
    setOrder(next)
    remember("team_order", next, true)
  }
  return (
    <section className="team">
      <h2 className="label">
        {t("staff.team.title")}
        <span className="row tight">
          {team.length}
          <UnstyledButton
            className={open ? "icon-button small-button on" : "icon-button small-button"}
            aria-label={t("staff.team.arrange")}
            aria-expanded={open}
            title={t("staff.team.arrange")}
            onClick={() => setOpen(!open)}
          >
            <IconAdjustmentsHorizontal size={14} />
          </UnstyledButton>
        </span>
      </h2>
      <TeamBar />
      {open && (
        <div className="team-tools stack">
          <TextInput
            size="sm"
            aria-label={t("staff.team.search")}
            placeholder={t("staff.team.search")}
            leftSection={<IconSearch size={14} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Select
            size="sm"
            label={t("staff.team.order")}
            data={TEAM_ORDERS.map((value) => ({ value, label: t(`staff.team.by_${value}`) }))}
            value={order}
            allowDeselect={false}
            onChange={sort}
          />
          {lists.length > 1 && (
            <Select
              size="sm"
              label={t("staff.team.list")}
              placeholder={t("staff.team.all_lists")}
              data={lists.map((one) => ({ value: one.id, label: one.name }))}
              value={shown}
              clearable
              onChange={setList}
            />
          )}
        </div>
      )}
      {!open && listName !== undefined && (
        <UnstyledButton className="pill team-list" onClick={() => setList(null)}>
          <span className="cut">{listName}</span>
          <IconX size={12} aria-hidden />
          <span className="unseen">{t("staff.team.all_lists")}</span>
        </UnstyledButton>
      )}
      {team.length === 0 && <p className="empty">{t(words ? "staff.palette.nothing" : "staff.team.empty")}</p>}
      <ul>
        {team.map((one) => (
          <Member key={one.user} one={one} />
        ))}
      </ul>
    </section>
  )
}

function Member({ one }: { one: Colleague }) {
  const { t, i18n } = useTranslation()
  const reasons = useDesk((state) => state.config?.reasons ?? [])
  const state = t(`staff.state.${one.state}`)
  const why = labelOf(reasons, one.reason, i18n.language)
  return (
    <li>
      <ColleagueMenu one={one}>
        <UnstyledButton className="item">
          <span className="avatar" aria-hidden>
            {initials(one.name)}
          </span>
          <span className="grow">
            <span className="cut block">{one.name}</span>
            <small className="cut">
              {why ?? state}
              {one.state !== "offline" && one.since > 0 && (
                <>
                  {" · "}
                  <Running since={one.since} />
                </>
              )}
              {one.department && ` · ${one.department}`}
            </small>
          </span>
          {(one.media ?? []).map((medium) => (
            <MediumSign key={medium} medium={medium} size={14} />
          ))}
          {one.sessions > 0 && (
            <span className="muted small" role="img" aria-label={t("staff.team.sessions", { count: one.sessions })}>
              {one.sessions}
            </span>
          )}
          <span className={SIGN[one.state]} role="img" aria-label={state} />
        </UnstyledButton>
      </ColleagueMenu>
    </li>
  )
}
