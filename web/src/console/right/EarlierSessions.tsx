import { Button, Skeleton } from "@mantine/core"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { SessionRow } from "../../contract/messages"
import * as model from "../../data/session"
import { running } from "../../staff/format"
import type { SessionView } from "../../wire/view"
import { Ago } from "../Running"

type Found = { kind: "asking" } | { kind: "failed" } | { kind: "rows"; rows: readonly SessionRow[] }

/** Earlier sessions with a customer of this name. */
export function EarlierSessions({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const name = model.customerName(view)
  const { id } = view.session
  const [found, setFound] = useState<Found>({ kind: "asking" })
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn asks again
  useEffect(() => {
    if (!name) return setFound({ kind: "rows", rows: [] })
    const stop = new AbortController()
    setFound({ kind: "asking" })
    model.findSessions({ query: name }, stop.signal).then(
      (page) => {
        const same = (row: SessionRow) => row.session.id !== id && row.session.customer_name === name
        setFound({ kind: "rows", rows: page.rows.filter(same) })
      },
      () => stop.signal.aborted || setFound({ kind: "failed" }),
    )
    return () => stop.abort()
  }, [name, id, turn])
  return (
    <section>
      <h3>{t("staff.earlier.title")}</h3>
      {found.kind === "asking" && <Skeleton height={48} />}
      {found.kind === "failed" && (
        <div className="row">
          <span className="muted grow">{t("staff.earlier.failed")}</span>
          <Button size="compact-sm" variant="default" onClick={() => setTurn(turn + 1)}>
            {t("common.again")}
          </Button>
        </div>
      )}
      {found.kind === "rows" && found.rows.length === 0 && <p className="muted small">{t("staff.earlier.none")}</p>}
      {found.kind === "rows" && (
        <ul>
          {found.rows.map((row) => (
            <Earlier key={row.session.id} row={row} />
          ))}
        </ul>
      )}
    </section>
  )
}

function Earlier({ row }: { row: SessionRow }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { session } = row
  return (
    <li className="earlier">
      <button type="button" className="blank" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="grow cut">{session.question || session.queue_name || session.reference}</span>
        <small>
          <Ago at={session.created_at} />
        </small>
      </button>
      {open && (
        <p className="small muted">
          {[
            session.queue_name,
            session.reference,
            row.agents.join(", "),
            row.duration !== null && running(row.duration),
          ]
            .filter(Boolean)
            .join(" · ")}
          {session.rating ? ` · ${t("staff.customer.stars", { count: session.rating })}` : ""}
        </p>
      )}
    </li>
  )
}
