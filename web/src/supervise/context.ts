import { createContext, useContext } from "react"
import type { Console } from "../data/console"
import { useStore } from "../data/store"
import type { SuperviseView } from "../data/supervise"
import { useNow } from "../staff/clock"

export const EngineContext = createContext<Console | null>(null)

export function useEngine(): Console {
  const found = useContext(EngineContext)
  if (!found) throw new Error("outside of the supervisor's page")
  return found
}

const NOTHING: SuperviseView = { agents: new Map(), queues: new Map(), waiting: new Map(), alarms: [], names: {} }

export function useSupervise<S>(select: (view: SuperviseView) => S): S {
  return useStore(useEngine().supervise.store, (view) => select(view ?? NOTHING))
}

/** The server's clock, in seconds; ticks. Keep it in the smallest component that shows it. */
export function useServerNow(): number {
  const offset = useStore(useEngine().state, (state) => state.offset)
  return useNow() / 1000 + offset
}
