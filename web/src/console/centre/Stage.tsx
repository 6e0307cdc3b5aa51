import { UnstyledButton } from "@mantine/core"
import { IconArrowsMaximize, IconMaximize, IconMinimize } from "@tabler/icons-react"
import { type CSSProperties, type KeyboardEvent, useId, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { wantsIn } from "../../data/focus"
import { mayUse } from "../../data/folders"
import { standing } from "../../data/pagemodel"
import type { LivePage } from "../../data/pages"
import * as model from "../../data/session"
import { isShare } from "../../rtc/peer"
import { type Shown, shownBy } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import { useConsole, useMedia } from "../context"
import { ConsentPills } from "./ConsentPills"
import { EmptyStage } from "./EmptyStage"
import { FolderScene } from "./folders/FolderScene"
import { bringToFront, useFront } from "./front"
import { PageAlarm } from "./page/PageAlarm"
import { PageScene } from "./page/PageScene"
import { type Front, flowing, type Picture, scene } from "./scene"
import { ScreenBar } from "./screen/ScreenBar"
import { ScreenOver } from "./screen/ScreenOver"
import { Video } from "./Video"

const FRONTS: readonly Front[] = ["page", "screen", "video", "folders"]

/** The page, screen or video in front, everything else as tiles. */
export function Stage({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const { id } = view.session
  const received = useMedia((media) => media.received[id] ?? [])
  const own = useMedia((media) => (wantsIn(media.focus, id).camera ? media.camera : null))
  const chosen = useFront(id)
  const [fit, setFit] = useState(true)
  const stage = useRef<HTMLElement>(null)
  const tabs = useId()
  const page = usePage(view)
  const may = mayUse(view)
  const now = scene(flowing(received, view.presence), own, chosen, page !== null, may !== null)
  const native = nativeOf(view, now.large[0])
  return (
    <section className="stage" ref={stage} aria-label={t("staff.stage.region")}>
      <div className="stage-bar">
        <div role="tablist" aria-label={t("staff.stage.tabs")} className="row" onKeyDown={alongTabs}>
          {FRONTS.map((front) => (
            <UnstyledButton
              key={front}
              role="tab"
              className="stage-tab"
              id={`${tabs}-${front}`}
              aria-selected={now.front === front}
              aria-controls={`${tabs}-panel`}
              tabIndex={now.front === front ? 0 : -1}
              disabled={!now.has[front]}
              title={now.has[front] ? undefined : t(`staff.stage.no_${front}`)}
              onClick={() => bringToFront(id, front)}
            >
              {t(`staff.stage.${front}`)}
            </UnstyledButton>
          ))}
        </div>
        <span className="grow" />
        {now.front === "screen" && now.has.screen && <SizeOf track={now.large[0]?.track} />}
        {now.front !== "folders" && (
          <UnstyledButton
            className="icon-button"
            title={fit ? t("staff.stage.full_size") : t("staff.stage.fit")}
            onClick={() => setFit(!fit)}
          >
            {fit ? <IconMaximize size={16} /> : <IconMinimize size={16} />}
            <span>{fit ? t("staff.stage.full_size") : t("staff.stage.fit")}</span>
          </UnstyledButton>
        )}
        <UnstyledButton
          className="icon-button"
          aria-label={t("staff.stage.full_screen")}
          title={t("staff.stage.full_screen")}
          onClick={() => void fullScreen(stage.current)}
        >
          <IconArrowsMaximize size={16} />
        </UnstyledButton>
      </div>
      <PageAlarm view={view} />
      {native && <ScreenBar view={view} shown={native} />}
      <div
        role="tabpanel"
        id={`${tabs}-panel`}
        aria-labelledby={`${tabs}-${now.front}`}
        className="pictures"
        data-fit={fit || undefined}
        data-count={now.large.length}
        data-front={now.front}
      >
        {page && <PageScene view={view} page={page} front={now.front === "page"} fit={fit} />}
        {may && now.front === "folders" && <FolderScene view={view} may={may} />}
        {now.large.length === 0 && (now.front === "screen" || now.front === "video") && <EmptyStage view={view} />}
        {[...now.large, ...now.tiles].map((picture) => (
          <Frame key={picture.id} view={view} picture={picture} tile={now.tiles.indexOf(picture)} native={native} />
        ))}
      </div>
      <ConsentPills view={view} />
    </section>
  )
}

/** The customer's page, while it may be seen. */
function usePage(view: SessionView): LivePage | null {
  const engine = useConsole()
  const seen = !model.isOver(view) && !view.page?.alarm && standing(view, "page_view") === "granted"
  return seen ? engine.pages.of(view.session.id) : null
}

/** Arrow keys, Home and End go from tab to tab and open it; those with nothing to show are passed over. */
function alongTabs(event: KeyboardEvent<HTMLElement>): void {
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]:not(:disabled)")]
  const at = tabs.indexOf(document.activeElement as HTMLElement)
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key]
  if (to === undefined || at < 0) return
  event.preventDefault()
  const next = tabs.at(to % tabs.length)
  next?.focus()
  next?.click()
}

/** What a picture in front shows of a desktop or an application, as its client tells. */
function nativeOf(view: SessionView, picture: Picture | undefined): Shown | null {
  const shown = picture ? shownBy(view, picture.participant) : null
  return shown?.picture.kind === picture?.label ? shown : null
}

interface FrameProps {
  view: SessionView
  picture: Picture
  tile: number
  /** Of the picture in front. */
  native: Shown | null
}

function Frame({ view, picture, tile, native }: FrameProps) {
  const { t } = useTranslation()
  const name = picture.own ? t("staff.you") : (model.personOf(view, picture.participant)?.name ?? t("staff.nameless"))
  const shown = tile < 0 ? native : null
  const size = shown && { "--picture-width": shown.picture.width, "--picture-height": shown.picture.height }
  const label = t(isShare(picture) ? "staff.stage.screen_of" : "staff.stage.camera_of", { name })
  return (
    <figure
      className={tile < 0 ? "picture-large" : "picture-tile"}
      data-tile={tile < 0 ? undefined : tile}
      data-native={shown ? true : undefined}
      style={(size ?? undefined) as CSSProperties}
    >
      <Video track={picture.track} mirrored={picture.own} label={label} />
      {shown && <ScreenOver view={view} shown={shown} />}
      {(tile >= 0 || picture.label === "camera") && <figcaption title={name}>{name}</figcaption>}
    </figure>
  )
}

/** Width and height of what arrives. */
function SizeOf({ track }: { track: MediaStreamTrack | undefined }) {
  const size = track?.getSettings()
  if (!size?.width || !size.height) return null
  return (
    <span className="muted small">
      {size.width} × {size.height}
    </span>
  )
}

async function fullScreen(element: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen()
  else await element?.requestFullscreen?.().catch(() => {})
}
