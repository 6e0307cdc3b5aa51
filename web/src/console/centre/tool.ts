import type { Console } from "../../data/console"
import type { MediaState } from "../../data/media"
import type { PageTool } from "../../data/pages"
import type { Dialogs } from "../dialogs/dialogs"

export type ToolGroup = "tools" | "desktop" | "application" | "session"
export const GROUPS: readonly ToolGroup[] = ["tools", "desktop", "application", "session"]

export interface Tool {
  /** Key of its name in the catalogue, `staff.tool.<name>`. */
  readonly name: string
  readonly group: ToolGroup
  readonly key?: string
  /** Stands near the picture that it is for, and not in the rail. */
  readonly near?: boolean
  /** Is going on now. */
  readonly on?: boolean
  /** Key of the reason why it cannot be done, `staff.why.<reason>`. */
  readonly why?: string | null
  readonly run: () => void
}

export interface Around {
  engine: Console
  dialogs: Dialogs
  media: Pick<MediaState, "shares">
  /** What is in the hand on the customer's page. */
  pageTool: PageTool
  /** The same, on what the native client shows. */
  screenTool: PageTool
  openTab: (tab: string) => void
}
