import { createContext, useContext, useMemo, useState } from "react"
import type { Target } from "../../data/targets"

export type DialogName = "invite" | "new" | "keys" | "hand_over" | "transfer" | "own_client" | "folders"

/** Those about one session. */
export const OF_SESSION: ReadonlySet<DialogName | null> = new Set([
  "invite",
  "hand_over",
  "transfer",
  "own_client",
  "folders",
])

export interface Dialogs {
  readonly open: DialogName | null
  /** What a dialog about a session is about; null: the one that was in front when it opened. */
  readonly session: string | null
  /** Who was chosen already to get the session. */
  readonly to: Target | null
  show: (name: DialogName, session?: string, to?: Target) => void
  close: () => void
}

const NOTHING = { open: null, session: null, to: null } as const

export const DialogContext = createContext<Dialogs>({
  open: null,
  session: null,
  to: null,
  show: () => {},
  close: () => {},
})

export const useDialog = (): Dialogs => useContext(DialogContext)

export function useDialogs(): Dialogs {
  const [now, setNow] = useState<Pick<Dialogs, "open" | "session" | "to">>(NOTHING)
  return useMemo(
    () => ({
      ...now,
      show: (open: DialogName, session?: string, to?: Target) =>
        setNow({ open, session: session ?? null, to: to ?? null }),
      close: () => setNow(NOTHING),
    }),
    [now],
  )
}
