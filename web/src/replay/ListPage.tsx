import { Button, Skeleton } from "@mantine/core"
import { useCallback, useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { QueueInfo, SessionRow } from "../contract/messages"
import { api, codeOf, EVERYTHING, type Search } from "./api"
import classes from "./audit.module.css"
import { Filters } from "./Filters"
import { keepSearch } from "./route"
import { SessionTable } from "./SessionTable"
import { Failed, Notice } from "./states"

const TYPING_PAUSE = 250

/** All sessions that the reader may see, the newest first, searched by who, customer, queue and time. */
export function ListPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useState<Search>(fromAddress)
  const list = useSessions(search)
  const queues = useQueues()
  const change = (next: Search) => {
    setSearch(next)
    keepSearch(toAddress(next))
  }
  const searching = Object.values(search).some((value) => value.trim() !== "")

  useEffect(() => {
    document.title = `${t("audit.list.title")} · Deskside`
    keepSearch(toAddress(search))
  }, [t, search])

  return (
    <main className={classes.page}>
      <h1 className={classes.title}>{t("audit.list.title")}</h1>
      <Filters search={search} queues={queues} onChange={change} />
      <p className={classes.unseen} aria-live="polite">
        {!list.busy &&
          !list.error &&
          t(list.more ? "audit.list.more_than" : "audit.list.found", { count: list.rows.length })}
      </p>
      {list.rows.length > 0 && <SessionTable rows={list.rows} stale={list.stale} />}
      {list.error && <Failed code={list.error} again={list.again} />}
      {list.busy && list.rows.length === 0 && <Loading />}
      {!list.busy && !list.error && list.rows.length === 0 && (
        <Notice
          title={t(searching ? "audit.list.none" : "audit.list.empty")}
          text={t(searching ? "audit.list.none_text" : "audit.list.empty_text")}
        >
          {searching && <Button onClick={() => change(EVERYTHING)}>{t("audit.list.all")}</Button>}
        </Notice>
      )}
      {list.more && !list.error && <More busy={list.busy} load={list.next} />}
    </main>
  )
}

/** Loads the next page when it comes into view, or when it is pressed. */
function More({ busy, load }: { busy: boolean; load: () => void }) {
  const { t } = useTranslation()
  const at = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!at.current || busy) return
    const watch = new IntersectionObserver((seen) => seen.some((e) => e.isIntersecting) && load(), {
      rootMargin: "400px",
    })
    watch.observe(at.current)
    return () => watch.disconnect()
  }, [busy, load])
  return (
    <div ref={at} className={classes.more}>
      <Button variant="default" loading={busy} onClick={load}>
        {t("audit.list.more")}
      </Button>
    </div>
  )
}

function Loading() {
  const { t } = useTranslation()
  return (
    <div className={classes.loading} role="status" aria-label={t("audit.state.loading")}>
      {Array.from({ length: 8 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={i} height={40} radius="sm" />
      ))}
    </div>
  )
}

interface List {
  rows: SessionRow[]
  cursor: string | null
  error: string | null
  busy: boolean
  /** The rows answer an earlier search. */
  stale: boolean
}

function useSessions(search: Search) {
  const [list, setList] = useState<List>({ rows: [], cursor: null, error: null, busy: true, stale: false })
  const [turn, setTurn] = useState(0)
  const running = useRef<AbortController | null>(null)

  const load = useCallback(async (wanted: Search, cursor: string | null) => {
    running.current?.abort()
    const abort = new AbortController()
    running.current = abort
    setList((was) => ({ ...was, busy: true, error: null, stale: cursor === null }))
    try {
      const page = await api.sessions(wanted, cursor, abort.signal)
      if (abort.signal.aborted) return
      const next = { cursor: page.next, error: null, busy: false, stale: false }
      setList((was) => ({ ...next, rows: cursor === null ? page.rows : [...was.rows, ...page.rows] }))
    } catch (error) {
      if (abort.signal.aborted) return
      setList((was) => ({ ...was, busy: false, error: codeOf(error), rows: cursor === null ? [] : was.rows }))
    }
  }, [])

  const started = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn loads again
  useEffect(() => {
    const timer = setTimeout(() => void load(search, null), started.current ? TYPING_PAUSE : 0)
    started.current = true
    return () => clearTimeout(timer)
  }, [search, load, turn])
  useEffect(() => () => running.current?.abort(), [])

  const { rows, cursor, error, busy, stale } = list
  const next = useCallback(() => void load(search, cursor), [load, search, cursor])
  const again = useCallback(() => setTurn((n) => n + 1), [])
  return { rows, error, busy, stale, more: cursor !== null, next, again }
}

/** Queues to choose from; none when the reader may not know them. */
function useQueues(): readonly QueueInfo[] {
  const [queues, setQueues] = useState<readonly QueueInfo[]>([])
  useEffect(() => {
    const abort = new AbortController()
    api.desk(abort.signal).then(
      (desk) => setQueues(desk.queues),
      () => {},
    )
    return () => abort.abort()
  }, [])
  return queues
}

function fromAddress(): Search {
  const asked = new URLSearchParams(location.search)
  const entries = Object.keys(EVERYTHING).map((name) => [name, asked.get(name) ?? ""])
  return Object.fromEntries(entries) as Search
}

function toAddress(search: Search): string {
  const query = new URLSearchParams(Object.entries(search).filter(([, value]) => value !== ""))
  return query.size ? `?${query}` : ""
}
