import { useEffect, useRef, useState, useSyncExternalStore } from "react"
import type { Interval, Player, PlayerState } from "../player/player"
import { loadWave, silences, WAVE_LIMIT, WAVE_STEP, type Wave } from "../player/waveform"

/** The player's state; draws anew only when something in it changed. */
export function usePlayerState(player: Player): PlayerState {
  return useSyncExternalStore(player.subscribe, () => player.state)
}

/** Calls at each frame, past React: for what moves with the time. */
export function useTime(player: Player, show: (time: number) => void): void {
  const latest = useRef(show)
  latest.current = show
  useEffect(() => player.onTime((time) => latest.current(time)), [player])
}

export interface Waves {
  /** By part. A part without one is drawn as a bar. */
  waves: ReadonlyMap<string, Wave>
  silences: readonly Interval[]
  /** All voices are measured: silence is known. */
  complete: boolean
}

/** Measures the voices one after the other, when the page has nothing better to do. */
export function useWaves(player: Player): Waves {
  const [found, setFound] = useState<Waves>({ waves: new Map(), silences: [], complete: false })
  useEffect(() => {
    const abort = new AbortController()
    const measure = async () => {
      const waves = new Map<string, Wave>()
      const heard: { starts: number; wave: Wave }[] = []
      const parts = player.lanes.filter((lane) => lane.label === "mic").flatMap((lane) => lane.parts)
      for (const part of parts) {
        const seconds = part.ends - part.starts
        const wave = await (part.bytes > WAVE_LIMIT
          ? null
          : loadWave(part.url, seconds, abort.signal).catch(() => null))
        if (abort.signal.aborted) return
        if (wave) waves.set(part.id, wave)
        // A voice that could not be measured might speak at any time.
        const loud = () => new Float32Array(Math.ceil(seconds / WAVE_STEP)).fill(1)
        heard.push({ starts: part.starts, wave: wave ?? loud() })
        setFound({ waves: new Map(waves), silences: [], complete: false })
      }
      const quiet = silences(heard, player.duration)
      player.setSilences(quiet)
      setFound({ waves, silences: quiet, complete: true })
    }
    const timer = setTimeout(() => void measure(), 400)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [player])
  return found
}
