import { Button, Skeleton } from "@mantine/core"
import { IconDownload, IconPlayerPlay, IconPrinter } from "@tabler/icons-react"
import { useCallback, useEffect } from "react"
import { useTranslation } from "react-i18next"
import type { SessionDetail } from "../contract/messages"
import { api, useLoad } from "./api"
import classes from "./audit.module.css"
import { save, toCsv } from "./export"
import { dateTime } from "./format"
import { Link } from "./Link"
import { Report } from "./Report"
import { paths } from "./route"
import { Failed } from "./states"

/** The detail report of one session: to read, to print, to take along. */
export function DetailPage({ session }: { session: string }) {
  const { t } = useTranslation()
  const [detail, again] = useLoad(useCallback((signal: AbortSignal) => api.detail(session, signal), [session]))
  return (
    <main className={classes.page}>
      <p className={classes.up}>
        <Link href={paths.list()}>‹ {t("audit.list.title")}</Link>
      </p>
      {detail.kind === "loading" && (
        <div className={classes.loading} role="status" aria-label={t("audit.state.loading")}>
          <Skeleton height={32} width={280} />
          <Skeleton height={140} />
          <Skeleton height={220} />
        </div>
      )}
      {detail.kind === "error" && <Failed code={detail.code} again={again} />}
      {detail.kind === "ready" && (
        <>
          <Head detail={detail.value} />
          <Report detail={detail.value} />
        </>
      )}
    </main>
  )
}

function Head({ detail }: { detail: SessionDetail }) {
  const { t, i18n } = useTranslation()
  const { session } = detail
  const name = session.customer_name || t("audit.customer")
  const file = `deskside-${session.reference || session.id}`
  useEffect(() => {
    document.title = `${name} · ${session.reference} · Deskside`
  }, [name, session.reference])
  return (
    <header className={classes.detailHead}>
      <div>
        <h1 className={classes.title}>
          {name}
          {session.queue_name && <span className={classes.muted}> · {session.queue_name}</span>}
        </h1>
        <p className={classes.muted}>
          {session.reference} · {dateTime(session.created_at, i18n.language)}
          {session.state !== "ended" && (
            <span className={classes.live}>{t(`audit.session_state.${session.state}`)}</span>
          )}
        </p>
      </div>
      <div className={classes.actions}>
        <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
          {t("audit.detail.print")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => save(`${file}.json`, "application/json", JSON.stringify(detail, null, 2))}
        >
          {t("audit.detail.json")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          // The mark at the beginning tells spreadsheets that it is UTF-8.
          onClick={() => save(`${file}.csv`, "text/csv", `\ufeff${toCsv(detail)}`)}
        >
          {t("audit.detail.csv")}
        </Button>
        {detail.recorded && (
          <Link className={`${classes.button} ${classes.primary}`} href={paths.replay(session.id)}>
            <IconPlayerPlay size={16} aria-hidden />
            {t("audit.replay.name")}
          </Link>
        )}
      </div>
    </header>
  )
}
