import { useEffect, useState } from "react"
import { codeOf } from "./api"

export type Loaded<T> =
  | { kind: "loading" }
  | { kind: "error"; code: string }
  | { kind: "ready"; value: T; stale: boolean }

type Kept<T> = { kind: "error"; code: string } | { kind: "ready"; value: T }

/** Loads when `load` changes, after a pause in which it may change again; what was there stays until then, as
 * `stale`. `load` must be a stable function; null loads nothing. */
export function useLoad<T>(load: ((signal: AbortSignal) => Promise<T>) | null, pause = 0): Loaded<T> {
  const [state, setState] = useState<{ of: unknown; found: Kept<T> } | null>(null)
  useEffect(() => {
    if (!load) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      load(abort.signal).then(
        (value) => !abort.signal.aborted && setState({ of: load, found: { kind: "ready", value } }),
        (error: unknown) =>
          !abort.signal.aborted && setState({ of: load, found: { kind: "error", code: codeOf(error) } }),
      )
    }, pause)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [load, pause])
  if (!state) return { kind: "loading" }
  const stale = state.of !== load
  if (state.found.kind === "error") return stale ? { kind: "loading" } : state.found
  return { ...state.found, stale }
}
