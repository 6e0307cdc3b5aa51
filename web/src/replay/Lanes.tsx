import { IconBrowser, IconDeviceDesktop, IconMicrophone, IconVideo } from "@tabler/icons-react"
import { memo, type PointerEvent, type ReactNode, useMemo, useRef } from "react"
import { useTranslation } from "react-i18next"
import type { ActMark } from "../player/acts"
import type { Player, PlayerState } from "../player/player"
import type { Entry, Lane, Span } from "../player/timeline"
import { ActMarks } from "./ActMarks"
import { clock } from "./format"
import { capabilityName, markKind, sentence } from "./sentence"
import classes from "./timeline.module.css"
import { useTime, type Waves } from "./usePlayer"
import { Waveform } from "./Waveform"

interface Props {
  player: Player
  state: PlayerState
  waves: Waves
  entries: readonly Entry[]
  acts: readonly ActMark[]
  onFront: (lane: string) => void
}

/** The timeline: a slider for keys and screen readers, under it lanes for the eye; both move the playhead. */
export function Lanes({ player, state, waves, entries, acts, onFront }: Props) {
  const { t } = useTranslation()
  const slider = useRef<HTMLInputElement>(null)
  const head = useRef<HTMLDivElement>(null)
  const bubble = useRef<HTMLElement>(null)
  const { duration } = player
  useTime(player, (time) => {
    if (slider.current) {
      slider.current.value = time.toFixed(3)
      slider.current.setAttribute("aria-valuetext", t("audit.replay.place", { at: clock(time), end: clock(duration) }))
    }
    if (head.current) head.current.style.left = `${duration ? (time / duration) * 100 : 0}%`
    if (bubble.current) bubble.current.textContent = clock(time)
  })
  const seek = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === "pointerdown") {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
    } else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    const box = event.currentTarget.getBoundingClientRect()
    player.seek(((event.clientX - box.left) / box.width) * duration)
  }
  const failed = state.failed.map((f) => f.part).join()
  return (
    <div className={classes.lanes}>
      <div className={classes.lane}>
        <span />
        <input
          ref={slider}
          type="range"
          className={classes.slider}
          aria-label={t("audit.replay.position")}
          min={0}
          max={duration}
          step="any"
          defaultValue={0}
          onInput={(event) => player.seek(Number(event.currentTarget.value))}
        />
      </div>
      <Rows player={player} waves={waves} entries={entries} acts={acts} failed={failed} onFront={onFront} />
      <div className={classes.over} onPointerDown={seek} onPointerMove={seek} aria-hidden>
        <div ref={head} className={classes.playhead}>
          <b ref={bubble} />
        </div>
      </div>
    </div>
  )
}

interface RowsProps {
  player: Player
  waves: Waves
  entries: readonly Entry[]
  acts: readonly ActMark[]
  failed: string
  onFront: (lane: string) => void
}

/** Everything that stands still while it is played. */
const Rows = memo(function Rows({ player, waves, entries, acts, failed, onFront }: RowsProps) {
  const { t } = useTranslation()
  const spans = useMemo(() => player.history.spans(player.duration), [player])
  const gone = new Set(failed.split(","))
  return (
    <>
      {player.lanes.map((lane) => (
        <Media key={lane.key} lane={lane} duration={player.duration} waves={waves} gone={gone} onFront={onFront}>
          {lane.label === "page" && acts.length > 0 && (
            <ActMarks acts={acts} duration={player.duration} seek={(at) => player.seek(at)} />
          )}
        </Media>
      ))}
      {spans.length > 0 && <Consents spans={spans} duration={player.duration} />}
      <div className={classes.lane}>
        <span className={classes.label}>
          <span>{t("audit.replay.events")}</span>
        </span>
        <div className={classes.track} aria-hidden>
          {entries.map(({ at, line }) => (
            <i
              key={line.id}
              className={classes.mark}
              data-kind={markKind(line.kind)}
              style={{ left: percent(at, player.duration) }}
              title={`${clock(at)} ${sentence(t, line)}`}
              onPointerDown={(event) => {
                event.stopPropagation()
                player.seek(at)
              }}
            />
          ))}
        </div>
      </div>
    </>
  )
})

const SIGNS = {
  mic: IconMicrophone,
  screen: IconDeviceDesktop,
  desktop: IconDeviceDesktop,
  application: IconDeviceDesktop,
  camera: IconVideo,
  page: IconBrowser,
}

interface MediaProps {
  lane: Lane
  duration: number
  waves: Waves
  gone: ReadonlySet<string>
  onFront: (lane: string) => void
  /** Over the parts. */
  children?: ReactNode
}

function Media({ lane, duration, waves, gone, onFront, children }: MediaProps) {
  const { t } = useTranslation()
  const name = t("audit.replay.of", { name: lane.name, label: t(`audit.label.${lane.label}`) })
  const isVoice = lane.label === "mic"
  const Sign = SIGNS[lane.label]
  const content = (
    <>
      <Sign size={14} aria-hidden />
      <span>
        {lane.name}
        <span className={classes.what}>{`, ${t(`audit.label.${lane.label}`)}`}</span>
      </span>
    </>
  )
  return (
    <div className={classes.lane}>
      {isVoice ? (
        <span className={classes.label} title={name}>
          {content}
        </span>
      ) : (
        <button
          type="button"
          className={classes.label}
          aria-label={t("audit.replay.to_front", { what: name })}
          title={t("audit.replay.to_front", { what: name })}
          onClick={() => onFront(lane.key)}
        >
          {content}
        </button>
      )}
      <div className={classes.track} data-voice={isVoice || undefined}>
        <span className={classes.unseen}>
          {lane.parts.map((p) => t("audit.replay.recorded", { from: clock(p.starts), to: clock(p.ends) })).join(", ")}
        </span>
        {isVoice &&
          waves.silences.map((quiet) => (
            <i key={quiet.from} className={classes.silent} style={box(quiet.from, quiet.to, duration)} />
          ))}
        {lane.parts.map((part) => (
          <div
            key={part.id}
            className={classes.part}
            data-label={part.label}
            data-failed={gone.has(part.id) || undefined}
            data-cut={!part.complete || undefined}
            data-wave={waves.waves.has(part.id) || undefined}
            style={box(part.starts, part.ends, duration)}
          >
            {isVoice && <Waveform wave={waves.waves.get(part.id)} agent={lane.role !== "customer"} />}
          </div>
        ))}
        {children}
      </div>
    </div>
  )
}

/** A row for each capability that was ever allowed, with its name in the bar. */
function Consents({ spans, duration }: { spans: readonly Span[]; duration: number }) {
  const { t } = useTranslation()
  const rows = [...new Set(spans.map((span) => span.capability))]
  return (
    <div className={classes.lane}>
      <span className={classes.label}>
        <span>{t("audit.replay.consents")}</span>
      </span>
      <div className={classes.consents}>
        {rows.map((capability) => (
          <div key={capability} className={classes.consent} data-control={capability.endsWith("_control") || undefined}>
            {spans
              .filter((span) => span.capability === capability)
              .map((span) => (
                <i key={span.key} style={box(span.from, span.to, duration)}>
                  {capabilityName(t, capability)}
                  <span className={classes.unseen}>{` ${clock(span.from)}–${clock(span.to)}`}</span>
                </i>
              ))}
          </div>
        ))}
      </div>
    </div>
  )
}

function percent(at: number, duration: number): string {
  return `${duration ? (at / duration) * 100 : 0}%`
}

function box(from: number, to: number, duration: number) {
  return { left: percent(from, duration), width: percent(Math.max(0, to - from), duration) }
}
