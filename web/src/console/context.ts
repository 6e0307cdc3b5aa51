import { createContext, useContext } from "react"
import type { Console, ConsoleState } from "../data/console"
import type { MediaState } from "../data/media"
import { useStore } from "../data/store"
import type { SessionView } from "../wire/view"

export const ConsoleContext = createContext<Console | null>(null)

export function useConsole(): Console {
  const found = useContext(ConsoleContext)
  if (!found) throw new Error("outside of the console")
  return found
}

export function useDesk<S>(select: (state: ConsoleState) => S): S {
  return useStore(useConsole().state, select)
}

export function useMedia<S>(select: (state: MediaState) => S): S {
  return useStore(useConsole().media.store, select)
}

export function useView(session: string): SessionView | undefined {
  return useDesk((state) => state.views[session])
}

/** The sessions in the order of the list and of the keys Alt+1 to Alt+8. */
export function sessionOrder(state: ConsoleState): readonly string[] {
  const mine = state.desk?.sessions ?? []
  const over = [...state.past, ...(state.desk?.wrapUps.map((one) => one.session) ?? [])]
  return [...new Set([...mine, ...over])].filter((id) => id in state.views)
}
