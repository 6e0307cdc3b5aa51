import { useMemo } from "react"
import type { PageTool } from "../../data/pages"
import { shown } from "../../data/screens"
import { Store, useStore } from "../../data/store"
import type { SessionView } from "../../wire/view"
import { useConsole, useMedia } from "../context"
import { useDialog } from "../dialogs/dialogs"
import { openTab } from "../right/tab"
import type { Tool } from "./tool"
import { toolsOf } from "./tools"

const NO_PAGE = new Store<{ tool: PageTool }>({ tool: "none" })

function usePageTool(session: string | undefined): PageTool {
  const engine = useConsole()
  const store = session === undefined ? NO_PAGE : (engine.pages.of(session)?.store ?? NO_PAGE)
  return useStore(store as Store<{ tool: PageTool }>, (state) => state.tool)
}

const NO_SCREEN = new Store<{ tool: PageTool }>({ tool: "none" })

function useScreenTool(view: SessionView | undefined): PageTool {
  const engine = useConsole()
  const giver = view ? shown(view)?.giver : undefined
  const store = view && giver !== undefined ? engine.screens.of(view.session.id, giver).store : NO_SCREEN
  return useStore(store as Store<{ tool: PageTool }>, (state) => state.tool)
}

export function useTools(view: SessionView | undefined): readonly Tool[] {
  const engine = useConsole()
  const dialogs = useDialog()
  const shares = useMedia((media) => media.shares)
  const pageTool = usePageTool(view?.session.id)
  const screenTool = useScreenTool(view)
  return useMemo(
    () => (view ? toolsOf(view, { engine, dialogs, media: { shares }, pageTool, screenTool, openTab }) : []),
    [view, engine, dialogs, shares, pageTool, screenTool],
  )
}
