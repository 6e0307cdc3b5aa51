import { ActionIcon, TextInput, Tooltip } from "@mantine/core"
import { IconPlus, IconSearch } from "@tabler/icons-react"
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { moveInList } from "../keys"
import { useAdmin, useAdminState, useSnapshot } from "../model"
import { useOptions } from "../names"
import { go, NEW, path, type Section } from "../route"
import { useRows } from "../rows"
import type { Kind } from "../types"
import { Link } from "./Link"
import { Unsaved } from "./Nav"

const ROW = 44
const SEARCH_FROM = 8

interface Props {
  section: Section
  kind: Exclude<Kind, "rules">
  chosen: string | null
}

/** All items of a kind by name. */
export function List({ section, kind, chosen }: Props) {
  const { t } = useTranslation()
  const { mayChange } = useAdmin()
  const { people } = useSnapshot()
  const all = useOptions(kind)
  const drafts = useAdminState((state) =>
    Object.values(state.drafts)
      .filter((draft) => draft.kind === kind)
      .map((draft) => draft.id),
  )
  const [asked, setAsked] = useState("")
  const words = useDeferredValue(plain(asked))
  const texts = useMemo(() => {
    const persons = new Map(people.map((one) => [one.user, `${one.name} ${one.department}`]))
    return all.map((one) => plain(`${one.label} ${kind === "agent" ? (persons.get(one.value) ?? "") : one.value}`))
  }, [all, people, kind])
  const found = useMemo(() => (words ? all.filter((_, at) => texts[at]?.includes(words)) : all), [all, texts, words])
  const box = useRef<HTMLDivElement>(null)
  const [first, end] = useRows(box, found.length, ROW)
  const at = found.findIndex((one) => one.value === chosen)
  useEffect(() => {
    const element = box.current
    if (!element || at < 0) return
    const [top, bottom] = [at * ROW, (at + 1) * ROW]
    if (top < element.scrollTop || bottom > element.scrollTop + element.clientHeight) {
      element.scrollTop = top - element.clientHeight / 2
    }
  }, [at])
  return (
    <section className={classes.listPane} aria-labelledby="admin-list">
      <div className={classes.listHead}>
        <h2 id="admin-list" className="grow cut">
          {t(`admin.nav.${section}`)}
        </h2>
        {mayChange && (
          <Tooltip label={t(`admin.new.${kind}`)}>
            <ActionIcon
              size={30}
              variant={chosen === NEW ? "light" : "filled"}
              aria-label={t(`admin.new.${kind}`)}
              onClick={() => go(path(section, NEW))}
            >
              <IconPlus size={18} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {all.length >= SEARCH_FROM && (
        <TextInput
          className={classes.listSearch}
          type="search"
          aria-label={t("admin.search")}
          placeholder={t("admin.search")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={asked}
          onChange={(event) => setAsked(event.currentTarget.value)}
        />
      )}
      <p className="unseen" role="status">
        {words && t("admin.found", { count: found.length })}
      </p>
      {all.length === 0 && (
        <div className={classes.emptyList}>
          <b>{t(`admin.empty.${section}`)}</b>
          <p>{t(mayChange ? `admin.first.${section}` : "admin.empty_read")}</p>
        </div>
      )}
      {all.length > 0 && found.length === 0 && <p className={classes.emptyList}>{t("admin.nothing_found")}</p>}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys go from link to link */}
      <div ref={box} className={classes.scroll} onKeyDown={moveInList}>
        <ul style={{ paddingTop: first * ROW, paddingBottom: Math.max(0, found.length - end) * ROW }}>
          {found.slice(first, end).map((one, index) => (
            <li key={one.value} aria-setsize={found.length} aria-posinset={first + index + 1}>
              <Link
                className={classes.row}
                href={path(section, one.value)}
                aria-current={one.value === chosen ? "true" : undefined}
              >
                <span className="grow">
                  <span className="cut">{one.label}</span>
                  <Hint kind={kind} id={one.value} />
                </span>
                {drafts.includes(one.value) && <Unsaved />}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .trim()
}

/** The second line of a row: what tells items of one kind apart. */
function Hint({ kind, id }: { kind: Kind; id: string }) {
  const { t } = useTranslation()
  const { configuration, people } = useSnapshot()
  switch (kind) {
    case "queue": {
      const queue = configuration.queues.find((one) => one.id === id)
      const agents = configuration.agents.filter(
        (agent) => agent.queues.includes(id) || agent.groups.some((group) => queue?.groups.includes(group)),
      ).length
      const parts = [t("admin.hint.agents", { count: agents }), ...(queue?.default ? [t("admin.hint.default")] : [])]
      return <small className="cut">{parts.join(" · ")}</small>
    }
    case "group": {
      const agents = configuration.agents.filter((agent) => agent.groups.includes(id)).length
      return <small className="cut">{t("admin.hint.agents", { count: agents })}</small>
    }
    case "skill": {
      const agents = configuration.agents.filter((agent) => agent.skills.some((one) => one.skill === id)).length
      return <small className="cut">{t("admin.hint.agents", { count: agents })}</small>
    }
    case "agent": {
      const person = people.find((one) => one.user === id)
      const agent = configuration.agents.find((one) => one.id === id)
      const says = [person?.department ?? "", t("admin.hint.capacity", { count: agent?.capacity ?? 0 })]
      return <small className="cut">{says.filter(Boolean).join(" · ")}</small>
    }
    case "hours":
      return <small className="cut">{configuration.hours.find((one) => one.id === id)?.zone}</small>
    case "team_list": {
      const members = configuration.team_lists.find((one) => one.id === id)?.members.length ?? 0
      return <small className="cut">{t("admin.hint.members", { count: members })}</small>
    }
    default:
      return null
  }
}
