import { IconPlayerPlay } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { SessionRow } from "../contract/messages"
import classes from "./audit.module.css"
import { clock, dateTime } from "./format"
import { Link } from "./Link"
import { paths } from "./route"
import { Stars } from "./Stars"

/** The sessions found. On a narrow page each row is a card, with the same words in the same order. */
export function SessionTable({ rows, stale }: { rows: readonly SessionRow[]; stale: boolean }) {
  const { t } = useTranslation()
  return (
    <table className={classes.table} data-stale={stale || undefined} aria-busy={stale}>
      <thead>
        <tr>
          <th scope="col">{t("audit.list.when")}</th>
          <th scope="col">{t("audit.list.customer")}</th>
          <th scope="col">{t("audit.list.reference")}</th>
          <th scope="col">{t("audit.list.queue")}</th>
          <th scope="col">{t("audit.list.agents")}</th>
          <th scope="col" className={classes.number}>
            {t("audit.list.length")}
          </th>
          <th scope="col">{t("audit.list.rating")}</th>
          <th scope="col">
            <span className={classes.unseen}>{t("audit.list.recording")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.session.id} row={row} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row }: { row: SessionRow }) {
  const { t, i18n } = useTranslation()
  const { session } = row
  const name = session.customer_name || t("audit.customer")
  return (
    <tr>
      <td className={classes.when}>{dateTime(session.created_at, i18n.language)}</td>
      <th scope="row" id={`who-${session.id}`}>
        <Link href={paths.detail(session.id)}>{name}</Link>
        {session.state !== "ended" && <span className={classes.live}>{t(`audit.session_state.${session.state}`)}</span>}
        {session.question && <span className={classes.question}>{session.question}</span>}
      </th>
      <td>{session.reference}</td>
      <td>{session.queue_name ?? ""}</td>
      <td>{row.agents.join(", ")}</td>
      <td className={classes.number}>{row.duration === null ? "" : clock(row.duration)}</td>
      <td>
        <Stars count={session.rating ?? null} />
      </td>
      <td className={classes.action}>
        {row.recorded ? (
          <Link className={classes.button} href={paths.replay(session.id)} aria-describedby={`who-${session.id}`}>
            <IconPlayerPlay size={14} aria-hidden />
            {t("audit.replay.name")}
          </Link>
        ) : (
          <span className={classes.muted}>{t("audit.list.not_recorded")}</span>
        )}
      </td>
    </tr>
  )
}
