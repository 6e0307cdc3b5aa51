import { mayUse } from "../../data/folders"
import * as screens from "../../data/screens"
import { held } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import { bringToFront } from "./front"
import type { Around, Tool } from "./tool"
import { whyNoCustomer } from "./why"

const BOTH = ["files_read", "files_write"] as const

/** The customer's folders: asked for in a dialog, then opened on the stage, and given back. */
export function folders(view: SessionView, { engine, dialogs }: Around): readonly Tool[] {
  const { id } = view.session
  const may = mayUse(view)
  if (may) {
    const grants = BOTH.flatMap((capability) => held(view, may.giver, capability)?.id ?? [])
    const stop = () => {
      for (const grant of grants) void engine.act({ type: "grant.cancel", grant }, id)
    }
    return [
      { name: "folders", group: "desktop", key: "b", on: true, run: () => bringToFront(id, "folders", true) },
      { name: "folders_stop", group: "desktop", run: stop },
    ]
  }
  const reasons = BOTH.map((one) => screens.whyNot(view, one))
  const why = whyNoCustomer(view) ?? waits(view) ?? (reasons.includes(null) ? null : reasons[0])
  return [{ name: "folders", group: "desktop", key: "b", why, run: () => dialogs.show("folders") }]
}

function waits(view: SessionView): string | null {
  const standing = BOTH.map((one) => screens.standing(view, one))
  if (standing.includes("client")) return "asked_client"
  return standing.includes("asked") ? "asked" : null
}
