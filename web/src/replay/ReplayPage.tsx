import { Skeleton } from "@mantine/core"
import { useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { SessionDetail, Timeline } from "../contract/messages"
import { Player } from "../player/player"
import { api, useLoad } from "./api"
import classes from "./audit.module.css"
import { Link } from "./Link"
import { Replay } from "./Replay"
import { paths } from "./route"
import { Failed, Notice } from "./states"

interface Loaded {
  detail: SessionDetail
  timeline: Timeline
}

/** Fetches what was recorded of a session and replays it. */
export function ReplayPage({ session, at }: { session: string; at: number | null }) {
  const { t } = useTranslation()
  const load = useCallback(
    async (signal: AbortSignal): Promise<Loaded> => {
      const [detail, timeline] = await Promise.all([api.detail(session, signal), api.timeline(session, signal)])
      return { detail, timeline }
    },
    [session],
  )
  const [loaded, again] = useLoad(load)
  if (loaded.kind === "ready") {
    const { detail, timeline } = loaded.value
    if (timeline.parts.length + timeline.events.length > 0) return <Playing at={at} {...loaded.value} />
    return (
      <main className={classes.page}>
        <Notice title={t("audit.replay.empty")} text={t("audit.replay.empty_text")}>
          <Link href={paths.detail(detail.session.id)}>{t("audit.replay.report")}</Link>
        </Notice>
      </main>
    )
  }
  return (
    <main className={classes.page}>
      {loaded.kind === "error" ? (
        <>
          <p className={classes.up}>
            <Link href={paths.list()}>‹ {t("audit.list.title")}</Link>
          </p>
          <Failed code={loaded.code} again={again} replay />
        </>
      ) : (
        <div className={classes.loading} role="status" aria-label={t("audit.state.loading")}>
          <Skeleton height={32} width={280} />
          <Skeleton height={360} />
          <Skeleton height={160} />
        </div>
      )}
    </main>
  )
}

function Playing({ detail, timeline, at }: Loaded & { at: number | null }) {
  const [player, setPlayer] = useState<Player | null>(null)
  useEffect(() => {
    const made = new Player(timeline, detail.session)
    if (at !== null) made.seek(at)
    setPlayer(made)
    return () => made.close()
  }, [timeline, detail, at])
  return player && <Replay player={player} detail={detail} beganAt={timeline.began_at} />
}
