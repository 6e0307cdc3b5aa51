import { createContext, useContext, useMemo, useState } from "react"

export type DialogName = "invite" | "new" | "keys" | "hand_over" | "transfer"

/** Those about one session. */
export const OF_SESSION: ReadonlySet<DialogName | null> = new Set(["invite", "hand_over", "transfer"])

export interface Dialogs {
  readonly open: DialogName | null
  /** What a dialog about a session is about; null: the one that was in front when it opened. */
  readonly session: string | null
  show: (name: DialogName, session?: string) => void
  close: () => void
}

export const DialogContext = createContext<Dialogs>({ open: null, session: null, show: () => {}, close: () => {} })

export const useDialog = (): Dialogs => useContext(DialogContext)

export function useDialogs(): Dialogs {
  const [now, setNow] = useState<Pick<Dialogs, "open" | "session">>({ open: null, session: null })
  return useMemo(
    () => ({
      ...now,
      show: (open: DialogName, session?: string) => setNow({ open, session: session ?? null }),
      close: () => setNow({ open: null, session: null }),
    }),
    [now],
  )
}
