import { useMemo } from "react"
import type { SessionView } from "../../wire/view"
import { useConsole, useMedia } from "../context"
import { useDialog } from "../dialogs/dialogs"
import { openTab } from "../right/tab"
import { type Tool, toolsOf } from "./tools"

export function useTools(view: SessionView | undefined): readonly Tool[] {
  const engine = useConsole()
  const dialogs = useDialog()
  const shares = useMedia((media) => media.shares)
  return useMemo(
    () => (view ? toolsOf(view, { engine, dialogs, media: { shares }, openTab }) : []),
    [view, engine, dialogs, shares],
  )
}
