import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { SessionDetail } from "../contract/messages"
import { type ActMark, actMarks } from "../player/acts"
import { RATES } from "../player/clock"
import type { Player } from "../player/player"
import { neighbour } from "../player/timeline"
import shared from "./audit.module.css"
import { Controls } from "./Controls"
import { dateTime } from "./format"
import { type Command, commandOf, isTaken } from "./keys"
import { Lanes } from "./Lanes"
import { Link } from "./Link"
import { Log } from "./Log"
import { Problems } from "./Problems"
import classes from "./replay.module.css"
import { paths } from "./route"
import { Stage } from "./Stage"
import { usePlayerState, useTime, useWaves } from "./usePlayer"

interface Props {
  player: Player
  detail: SessionDetail
  beganAt: number
}

/** A session as it was: stage, log, and one timeline under both. */
export function Replay({ player, detail, beganAt }: Props) {
  const { t } = useTranslation()
  const root = useRef<HTMLElement>(null)
  const [front, setFront] = useState<string | null>(null)
  const state = usePlayerState(player)
  const waves = useWaves(player)
  const entries = useMemo(() => player.history.entries(), [player])
  const marks = useMemo(() => entries.filter(({ line }) => line.kind !== "chat"), [entries])
  const acts = useActs(player, state.acts)
  const times = useMemo(() => [...marks, ...acts].map((mark) => mark.at).sort((a, b) => a - b), [marks, acts])

  useTime(player, (time) => root.current?.setAttribute("data-time", time.toFixed(3)))
  const run = useCallback((command: Command) => perform(player, times, command), [player, times])
  useKeys(run)
  useEffect(() => {
    document.title = `${t("audit.replay.name")} · ${detail.session.customer_name} · Deskside`
  }, [t, detail])

  return (
    <main ref={root} className={classes.replay} data-state={state.playing ? "playing" : "paused"}>
      <Head detail={detail} beganAt={beganAt} />
      <div className={classes.middle}>
        <div className={classes.left}>
          <Problems player={player} state={state} />
          <Stage player={player} state={state} front={front} onFront={setFront} />
        </div>
        <Log player={player} entries={entries} count={state.count} />
      </div>
      <section className={classes.timeline} aria-label={t("audit.replay.timeline")}>
        <Controls player={player} state={state} run={run} skippable={waves.complete && waves.silences.length > 0} />
        <Lanes player={player} state={state} waves={waves} entries={entries} acts={acts} onFront={setFront} />
      </section>
    </main>
  )
}

/** Marks of what was done on the page, as far as it is known: `count` acts. */
function useActs(player: Player, count: number): readonly ActMark[] {
  // biome-ignore lint/correctness/useExhaustiveDependencies: they change when there are more
  return useMemo(
    () => [...player.pages.values()].flatMap(({ id, part, acts }) => actMarks(id, part.starts, acts)),
    [player, count],
  )
}

function Head({ detail, beganAt }: Omit<Props, "player">) {
  const { t, i18n } = useTranslation()
  const { session, participants } = detail
  const agents = [...new Set(participants.filter((p) => p.role !== "customer").map((p) => p.name))]
  const title = [session.customer_name || t("audit.customer"), session.queue_name].filter(Boolean).join(" · ")
  return (
    <header className={classes.head}>
      <Link href={paths.list()} aria-label={t("audit.list.title")} title={t("audit.list.title")}>
        ‹
      </Link>
      <h1>{title}</h1>
      <p>
        {session.reference} · {dateTime(beganAt, i18n.language)}
        {agents.length > 0 && ` · ${t("audit.replay.agents", { names: agents.join(", "), count: agents.length })}`}
      </p>
      <span className={classes.grow} />
      <Link className={shared.button} href={paths.detail(session.id)}>
        {t("audit.replay.report")}
      </Link>
    </header>
  )
}

function useKeys(run: (command: Command) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTaken(event.target, event.key)) return
      const command = commandOf(event)
      if (!command) return
      event.preventDefault()
      run(command)
    }
    addEventListener("keydown", onKey)
    return () => removeEventListener("keydown", onKey)
  }, [run])
}

function perform(player: Player, marks: readonly number[], command: Command) {
  const place = placeOf(player, marks, command)
  if (place !== null) player.seek(place)
  else if (command.kind === "toggle") player.toggle()
  else if (command.kind === "rate") {
    const next = RATES[(RATES as readonly number[]).indexOf(player.state.rate) + command.way]
    if (next !== undefined) player.setRate(next)
  }
}

/** Where a command moves the playhead; null when it does not. */
function placeOf(player: Player, marks: readonly number[], command: Command): number | null {
  switch (command.kind) {
    case "skip":
      return player.time + command.seconds
    case "start":
      return 0
    case "end":
      return player.duration
    case "mark":
      return neighbour(marks, player.time, command.way)
    default:
      return null
  }
}
