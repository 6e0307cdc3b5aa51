import * as people from "../../data/pagemodel"
import * as screens from "../../data/screens"
import * as model from "../../data/session"
import { held, nativeOf } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import type { Around, Tool, ToolGroup } from "./tool"
import { whyNoCustomer, whyOver } from "./why"

const KEYS: Partial<Record<screens.NativeCapability, string>> = {
  desktop_view: "e",
  desktop_control: "y",
  application_view: "a",
  application_control: "u",
}

/** Seeing and controlling the customer's desktop or one application. */
export function ofKind(view: SessionView, around: Around, kind: "desktop" | "application"): readonly Tool[] {
  const marks = screens.shown(view)?.picture.kind === kind ? marking(view, around, kind) : []
  return [asking(view, around, `${kind}_view`, kind), asking(view, around, `${kind}_control`, kind), ...marks]
}

/** The customer's clipboard, beside the control that it goes with. */
export function clipboard(view: SessionView, around: Around, group: ToolGroup): readonly Tool[] {
  const on = screens.standing(view, "application_control") === "granted" ? "application" : "desktop"
  if (group !== on) return []
  return [asking(view, around, "clipboard_in", on), asking(view, around, "clipboard_out", on)]
}

function asking(view: SessionView, { engine }: Around, capability: screens.NativeCapability, group: ToolGroup): Tool {
  const { id } = view.session
  const standing = screens.standing(view, capability)
  const mine = held(view, model.customerIn(view)?.id ?? "", capability)
  const waits = { asked: "asked", client: "asked_client" }[standing as string] ?? null
  return {
    name: mine ? `${capability}_stop` : capability,
    group,
    key: KEYS[capability],
    on: mine !== null,
    why: mine ? null : (whyNoCustomer(view) ?? waits ?? screens.whyNot(view, capability)),
    run: () => {
      // What is pressed there is let go while that may still be said.
      if (mine) engine.screens.of(id, mine.giver).screen.leave()
      void engine.act(mine ? { type: "grant.cancel", grant: mine.id } : { type: "grant.ask", capability }, id)
    },
  }
}

/** Pointer, frame and pen on what is shown; their keys are those of the page while no page is seen. */
function marking(view: SessionView, { engine, screenTool }: Around, group: ToolGroup): readonly Tool[] {
  const { id } = view.session
  const giver = screens.shown(view)?.giver ?? ""
  if (model.isOver(view)) return []
  const page = people.standing(view, "page_view") === "granted"
  const why = nativeOf(view, giver)?.can.includes("marks") === false ? "client_no_marks" : null
  const hand = (tool: "pointer" | "highlight" | "draw", key: string): Tool => ({
    name: `screen_${tool}`,
    group,
    near: true,
    key: page ? undefined : key,
    on: screenTool === tool,
    why,
    run: () => engine.screens.of(id, giver).setTool(tool),
  })
  return [
    hand("pointer", "l"),
    hand("highlight", "g"),
    hand("draw", "d"),
    {
      name: "screen_wipe",
      group,
      near: true,
      key: page ? undefined : "x",
      why,
      run: () => engine.screens.of(id, giver).screen.wipe(),
    },
  ]
}

/** The agent's own desktop, by their own client: it gives view and control, and takes them back. */
export function own(view: SessionView, { engine, dialogs }: Around): Tool {
  const { id } = view.session
  const given = view.grants.filter(
    (g) =>
      g.giver === view.you &&
      g.state === "granted" &&
      (g.capability === "desktop_view" || g.capability === "application_view"),
  )
  const ready = nativeOf(view, view.you) !== null
  const stop = () => {
    for (const { capability } of given) void engine.act({ type: "grant.withdraw", capability }, id)
  }
  return {
    name: given.length > 0 ? "share_control_stop" : "share_control",
    group: "desktop",
    on: given.length > 0,
    why: given.length > 0 ? null : (whyOver(view) ?? (ready ? "own_ready" : null)),
    run: () => (given.length > 0 ? stop() : dialogs.show("own_client")),
  }
}
