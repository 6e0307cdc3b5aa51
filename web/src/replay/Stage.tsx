import { useEffect, useRef } from "react"
import { useTranslation } from "react-i18next"
import type { Part } from "../contract/messages"
import { PageTrack } from "../player/page"
import type { Player, PlayerState } from "../player/player"
import { laneKey } from "../player/timeline"
import type { Track } from "../player/track"
import { RecordedPage } from "./RecordedPage"
import classes from "./replay.module.css"

interface Props {
  player: Player
  state: PlayerState
  /** Lane that the auditor wants to see in front; the screen when null. */
  front: string | null
  onFront: (lane: string | null) => void
}

/** The pictures of this moment: one in front, the others as tiles. They stay where they are in the document, because
 * moving a video would stop it. */
export function Stage({ player, state, front, onFront }: Props) {
  const { t } = useTranslation()
  const shown = state.active.flatMap((id) => {
    const track = player.tracks.get(id)
    return track?.isVideo ? [track] : []
  })
  const pages = [...player.pages.values()].filter((page) => state.pages.includes(page.id))
  const over = [...shown, ...[...player.pages.values()].filter((page) => state.active.includes(page.id))]
  const first = over.find((track) => laneKey(track.part) === front) ?? [...over].sort(byWeight)[0]
  return (
    <section className={classes.stage} aria-label={t("audit.replay.stage")} data-tiles={over.length > 1 || undefined}>
      {shown.map((track) => (
        <Picture
          key={track.id}
          track={track}
          front={track === first}
          waiting={track === first && state.waiting}
          failed={state.failed.some((f) => f.part === track.id)}
          onFront={() => onFront(laneKey(track.part))}
        />
      ))}
      {pages.map((page) => (
        <RecordedPage
          key={page.id}
          player={player}
          page={page}
          place={!state.active.includes(page.id) ? "ready" : page === first ? "front" : "tile"}
          onFront={() => onFront(laneKey(page.part))}
        />
      ))}
      {first instanceof PageTrack && first.state.kind !== "ready" && <Coming page={first} share={state.loaded} />}
      {over.length === 0 && <Nothing player={player} state={state} />}
    </section>
  )
}

const LABELS: readonly Part["label"][] = ["page", "desktop", "application", "screen", "camera"]

/** The page before screens, those before faces; the customer's before the agents'. */
function byWeight(a: Pick<Track, "part">, b: Pick<Track, "part">): number {
  const weight = ({ part }: Pick<Track, "part">) => 2 * LABELS.indexOf(part.label) + (part.role === "customer" ? 0 : 1)
  return weight(a) - weight(b)
}

/** The page that is to be shown now, while it is fetched, or when it could not be. */
function Coming({ page, share }: { page: PageTrack; share: number | null }) {
  const { t, i18n } = useTranslation()
  if (page.state.kind === "failed") return <p className={classes.gap}>{t("audit.replay.unplayable")}</p>
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" }).format(share ?? 0)
  return (
    <p className={classes.gap} role="status">
      {t("replay.page.loading", { percent })}
    </p>
  )
}

interface PictureProps {
  track: Track
  front: boolean
  waiting: boolean
  failed: boolean
  onFront: () => void
}

function Picture({ track, front, waiting, failed, onFront }: PictureProps) {
  const { t } = useTranslation()
  const frame = useRef<HTMLDivElement>(null)
  const name = t("audit.replay.of", { name: track.part.name, label: t(`audit.label.${track.part.label}`) })
  useEffect(() => {
    const element = track.element
    element.setAttribute("aria-label", name)
    if (element instanceof HTMLVideoElement) element.playsInline = true
    element.tabIndex = -1
    if (element.parentNode !== frame.current) frame.current?.prepend(element)
  }, [track, name])
  return (
    <div ref={frame} className={front ? classes.front : classes.tile} data-failed={failed || undefined}>
      {failed && <p className={classes.gap}>{t("audit.replay.unplayable")}</p>}
      {waiting && !failed && <p className={classes.waiting}>{t("audit.replay.waiting")}</p>}
      <span className={classes.caption}>{name}</span>
      {!front && <button type="button" onClick={onFront} aria-label={t("audit.replay.to_front", { what: name })} />}
    </div>
  )
}

/** No picture: says whether something is heard or nothing was recorded. */
function Nothing({ player, state }: { player: Player; state: PlayerState }) {
  const { t } = useTranslation()
  const voices = state.active.flatMap((id) => player.tracks.get(id)?.part.name ?? [])
  if (!voices.length) return <p className={classes.gap}>{t("audit.replay.nothing")}</p>
  return <p className={classes.gap}>{t("audit.replay.only_voice", { names: [...new Set(voices)].join(", ") })}</p>
}
