import { createContext, useContext, useMemo, useState } from "react"

export type DialogName = "invite" | "new" | "keys" | "hand_over" | "transfer"

export interface Dialogs {
  readonly open: DialogName | null
  show: (name: DialogName) => void
  close: () => void
}

export const DialogContext = createContext<Dialogs>({ open: null, show: () => {}, close: () => {} })

export const useDialog = (): Dialogs => useContext(DialogContext)

export function useDialogs(): Dialogs {
  const [open, setOpen] = useState<DialogName | null>(null)
  return useMemo(() => ({ open, show: setOpen, close: () => setOpen(null) }), [open])
}
