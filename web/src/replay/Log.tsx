import { TextInput } from "@mantine/core"
import { memo, useEffect, useMemo, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { Player } from "../player/player"
import type { Entry } from "../player/timeline"
import type { SessionView } from "../wire/view"
import { clock } from "./format"
import classes from "./replay.module.css"
import { find, parts, turn } from "./search"
import { markKind, sentence } from "./sentence"

interface Props {
  player: Player
  entries: readonly Entry[]
  /** How many events have happened. */
  count: number
}

/** After the reader has scrolled, the log stays where it is for so long, in milliseconds. */
const LEFT_ALONE = 5000

/** What was said and done, beside the stage: scrolls along, is searched, and takes one to the moment of a line. */
export function Log({ player, entries, count }: Props) {
  const { t } = useTranslation()
  const [query, setQuery] = useState("")
  const [hit, setHit] = useState(0)
  const list = useRef<HTMLOListElement>(null)
  const touched = useRef(0)
  const said = useMemo(
    () => entries.map(({ line }) => (line.kind === "chat" ? `${line.by_name}: ${line.text ?? ""}` : sentence(t, line))),
    [entries, t],
  )
  const hits = useMemo(() => find(said, query), [said, query])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the count of events tells that time has moved
  const now = useMemo(() => entries.findLastIndex((entry) => entry.at <= player.time), [entries, player, count])

  useEffect(() => {
    if (Date.now() - touched.current > LEFT_ALONE) show(list.current, now)
  }, [now])
  const goToHit = (next: number) => {
    const at = hits[next]
    if (at === undefined) return
    setHit(next)
    player.seek(entries[at]?.at ?? 0)
    show(list.current, at)
  }
  const touch = () => {
    touched.current = Date.now()
  }
  return (
    <section className={classes.log} aria-label={t("audit.replay.log")}>
      <div className={classes.find}>
        <TextInput
          type="search"
          size="sm"
          aria-label={t("audit.list.search")}
          placeholder={t("audit.replay.search_hint")}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value)
            setHit(-1)
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && hits.length) goToHit(turn(hit, event.shiftKey ? -1 : 1, hits.length))
            if (event.key === "Escape" && query) setQuery("")
          }}
        />
        <span role="status">{query.trim() && t("audit.replay.hits", { count: hits.length })}</span>
      </div>
      <Present view={player.history.after(count)} />
      {entries.length === 0 && <p className={classes.gap}>{t("audit.replay.no_log")}</p>}
      <ol ref={list} onWheel={touch} onTouchMove={touch} onPointerDown={touch}>
        {entries.map((entry, i) => (
          <Row
            key={entry.line.id}
            entry={entry}
            said={said[i] ?? ""}
            query={query}
            state={i === now ? "now" : i < now ? "past" : "future"}
            hit={hits[hit] === i}
            player={player}
          />
        ))}
      </ol>
    </section>
  )
}

/** Who was in the session at this moment, as the live view had it. */
function Present({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const present = view.participants.filter((p) => p.joined_at !== null && !p.left_at)
  return (
    <p className={classes.present}>
      {view.session.recording && <b>{t("audit.replay.rec")}</b>}
      {present.length
        ? t("audit.replay.present", { names: present.map((p) => p.name).join(", ") })
        : t("audit.replay.nobody")}
    </p>
  )
}

interface RowProps {
  entry: Entry
  said: string
  query: string
  state: "past" | "now" | "future"
  hit: boolean
  player: Player
}

const Row = memo(function Row({ entry: { at, line }, said, query, state, hit, player }: RowProps) {
  const { t } = useTranslation()
  return (
    <li>
      <button
        type="button"
        data-state={state}
        data-hit={hit || undefined}
        data-chat={line.kind === "chat" || undefined}
        aria-current={state === "now" || undefined}
        onClick={() => player.seek(at)}
      >
        <time>{clock(at)}</time>
        <i className={classes.sign} data-kind={markKind(line.kind)} aria-hidden />
        <span>
          {parts(said, query).map(({ text, at: offset, found }) => (found ? <mark key={offset}>{text}</mark> : text))}
          {line.audience === "staff" && <em> {t("audit.staff_only")}</em>}
        </span>
      </button>
    </li>
  )
})

/** Scrolls the list, and never the page around it. */
function show(list: HTMLOListElement | null, index: number): void {
  const row = list?.children[index]
  if (!list || !(row instanceof HTMLElement)) return
  const above = row.offsetTop - list.offsetTop
  const inView = above >= list.scrollTop && above + row.offsetHeight <= list.scrollTop + list.clientHeight
  if (!inView) list.scrollTop = above - list.clientHeight / 3
}
