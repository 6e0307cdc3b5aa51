import { NativeSelect } from "@mantine/core"
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
} from "@tabler/icons-react"
import { useRef } from "react"
import { useTranslation } from "react-i18next"
import { RATES } from "../player/clock"
import type { Player, PlayerState } from "../player/player"
import { clock } from "./format"
import type { Command } from "./keys"
import classes from "./timeline.module.css"
import { useTime } from "./usePlayer"

interface Props {
  player: Player
  state: PlayerState
  run: (command: Command) => void
  /** Silence is known, and there is some. */
  skippable: boolean
}

/** Play, marks, time, speed and silence. */
export function Controls({ player, state, run, skippable }: Props) {
  const { t, i18n } = useTranslation()
  const time = useRef<HTMLElement>(null)
  useTime(player, (now) => {
    if (time.current) time.current.textContent = clock(now)
  })
  const rate = new Intl.NumberFormat(i18n.language)
  return (
    <div className={classes.controls}>
      <button
        type="button"
        className={classes.play}
        aria-label={t(state.playing ? "audit.replay.pause" : "audit.replay.play")}
        title={`${t(state.playing ? "audit.replay.pause" : "audit.replay.play")} (${t("audit.replay.space")})`}
        onClick={() => run({ kind: "toggle" })}
      >
        {state.playing ? (
          <IconPlayerPauseFilled size={18} aria-hidden />
        ) : (
          <IconPlayerPlayFilled size={18} aria-hidden />
        )}
      </button>
      <button
        type="button"
        className={classes.quiet}
        aria-label={t("audit.replay.previous")}
        title={`${t("audit.replay.previous")} (P)`}
        onClick={() => run({ kind: "mark", way: -1 })}
      >
        <IconPlayerSkipBackFilled size={16} aria-hidden />
      </button>
      <button
        type="button"
        className={classes.quiet}
        aria-label={t("audit.replay.next")}
        title={`${t("audit.replay.next")} (N)`}
        onClick={() => run({ kind: "mark", way: 1 })}
      >
        <IconPlayerSkipForwardFilled size={16} aria-hidden />
      </button>
      <span className={classes.time}>
        <b ref={time}>{clock(player.time)}</b> / {clock(player.duration)}
      </span>
      <NativeSelect
        aria-label={t("audit.replay.speed")}
        title={`${t("audit.replay.speed")} (+ −)`}
        size="xs"
        className={classes.speed}
        value={String(state.rate)}
        onChange={(event) => player.setRate(Number(event.currentTarget.value))}
        data={RATES.map((value) => ({ value: String(value), label: `${rate.format(value)}×` }))}
      />
      <button
        type="button"
        className={classes.quiet}
        aria-pressed={state.skipSilence}
        disabled={!skippable}
        title={skippable ? undefined : t("audit.replay.no_silence")}
        onClick={() => player.setSkipSilence(!state.skipSilence)}
      >
        {t("audit.replay.skip_silence")}
      </button>
      {state.rate > 2 && <span className={classes.hint}>{t("audit.replay.muted")}</span>}
      <span className={classes.grow} />
      <span className={classes.keys} title={t("audit.replay.keys_text")}>
        {t("audit.replay.keys")}
      </span>
    </div>
  )
}
