import { Alert, Button, Skeleton } from "@mantine/core"
import { IconPlus } from "@tabler/icons-react"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { CallbackInfo, QueueInfo } from "../contract/messages"
import { useStore } from "../data/store"
import { cancel, errorOf, type Filter, find, NO_FILTER } from "./api"
import { CallbackDialog } from "./CallbackDialog"
import { CallbackRow } from "./CallbackRow"
import { Filters } from "./Filters"
import type { Person } from "./people"
import { Rows } from "./rows"
import { errorText } from "./words"
import "./callbacks.css"

const AGAIN_MS = 10_000
const TYPED_MS = 250

interface Props {
  me: string
  queues: readonly QueueInfo[]
  people: readonly Person[]
  /** A form is open above: Escape is for that alone. */
  onEditing: (open: boolean) => void
}

/** All callbacks that this person may see: filter, note down, change, call off. */
export function CallbacksView({ me, queues, people, onEditing }: Props) {
  const { t } = useTranslation()
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  const { found, load, more } = useRows(filter)
  const { rows, next, failed } = found
  const [editing, setEditing] = useState<CallbackInfo | "new" | null>(null)
  useEffect(() => onEditing(editing !== null), [onEditing, editing])
  const [refused, setRefused] = useState<string | null>(null)
  const list = useRef<HTMLElement>(null)
  async function callOff(one: CallbackInfo) {
    setRefused(null)
    try {
      await cancel(one.id)
      // The row goes, and with it what had the focus.
      list.current?.focus()
    } catch (cause) {
      setRefused(errorText(t, errorOf(cause)))
    }
    load()
  }
  const filtered = JSON.stringify(filter) !== JSON.stringify(NO_FILTER)
  return (
    <div className="callbacks">
      <div className="row wrap">
        <Filters filter={filter} onChange={setFilter} queues={queues} people={people} />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>
          {t("callbacks.new")}
        </Button>
      </div>
      {refused && (
        <Alert color="stop" role="alert">
          {refused}
        </Alert>
      )}
      {failed && rows !== null && (
        <Alert color="wait" role="alert">
          {t("callbacks.failed")}
        </Alert>
      )}
      <section ref={list} tabIndex={-1} aria-busy={rows === null} aria-label={t("callbacks.open")}>
        {rows === null && !failed && <Loading />}
        {rows === null && failed && (
          <div className="callbacks-empty">
            <p role="alert">{t("callbacks.failed")}</p>
            <Button variant="default" onClick={load}>
              {t("common.again")}
            </Button>
          </div>
        )}
        {rows?.length === 0 && <Empty filtered={filtered} onClear={() => setFilter(NO_FILTER)} />}
        <ul className="callback-rows">
          {rows?.map((one) => (
            <CallbackRow key={one.id} one={one} onEdit={() => setEditing(one)} onCancel={() => callOff(one)} />
          ))}
        </ul>
        {next && (
          <Button variant="default" loading={found.more} onClick={more}>
            {t("callbacks.more")}
          </Button>
        )}
      </section>
      <CallbackDialog
        open={editing !== null}
        one={editing === "new" ? null : editing}
        me={me}
        queues={queues}
        people={people}
        onClose={() => setEditing(null)}
        onSaved={() => {
          setEditing(null)
          load()
        }}
        onStale={load}
      />
    </div>
  )
}

function Loading() {
  const { t } = useTranslation()
  return (
    <div className="stack" role="status">
      <span className="unseen">{t("callbacks.loading")}</span>
      {[0, 1, 2].map((place) => (
        <Skeleton key={place} height={64} />
      ))}
    </div>
  )
}

function Empty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="callbacks-empty">
      <h3>{t(filtered ? "callbacks.none_found" : "callbacks.empty")}</h3>
      {filtered ? (
        <Button variant="default" onClick={onClear}>
          {t("callbacks.clear")}
        </Button>
      ) : (
        <p className="muted">{t("callbacks.empty_text")}</p>
      )}
    </div>
  )
}

/** What was loaded is asked for again now and then. */
function useRows(filter: Filter) {
  const last = useRef<readonly CallbackInfo[] | null>(null)
  const [list, setList] = useState(() => new Rows((after) => find(filter, after)))
  useEffect(() => {
    const fresh = new Rows((after) => find(filter, after), last.current)
    setList(fresh)
    const first = setTimeout(() => void fresh.refresh(), TYPED_MS)
    const again = setInterval(() => void fresh.refresh(), AGAIN_MS)
    return () => {
      last.current = fresh.store.get().rows
      fresh.stop()
      clearTimeout(first)
      clearInterval(again)
    }
  }, [filter])
  const found = useStore(list.store, (state) => state)
  return { found, load: () => void list.refresh(), more: () => void list.more() }
}
