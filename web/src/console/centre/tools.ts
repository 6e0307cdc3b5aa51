import * as pages from "../../data/pagemodel"
import type { PageTool } from "../../data/pages"
import * as model from "../../data/session"
import type { SessionView } from "../../wire/view"
import { folders } from "./foldertools"
import { clipboard, ofKind, own } from "./nativetools"
import type { Around, Tool } from "./tool"
import { whyNoCustomer, whyOver } from "./why"

/** Every tool of the session, with what it does now or the reason why it cannot. Feeds rail, palette and keys. */
export function toolsOf(view: SessionView, around: Around): readonly Tool[] {
  return [...general(view, around), ...desktop(view, around), ...application(view, around), ...ofSession(view, around)]
}

function general(view: SessionView, { dialogs, openTab }: Around): readonly Tool[] {
  const over = whyOver(view)
  return [
    { name: "invite", group: "tools", key: "i", why: over, run: () => dialogs.show("invite") },
    { name: "chat", group: "tools", key: "c", run: () => openTab("chat") },
    { name: "notes", group: "tools", key: "n", run: () => openTab("notes") },
    { name: "files", group: "tools", key: "f", run: () => openTab("files") },
  ]
}

function desktop(view: SessionView, around: Around): readonly Tool[] {
  const { engine, media } = around
  const { id } = view.session
  const customer = model.customerIn(view)
  const between = { giver: customer?.id ?? "", holder: view.you }
  const seen = model.grantOf(view, "screen_view", ["granted"], between) !== null
  const asked = model.grantOf(view, "screen_view", ["asked"], between) !== null
  const shares = media.shares[id] !== undefined
  return [
    {
      name: "ask_screen",
      group: "desktop",
      key: "s",
      on: seen,
      why: whyNoCustomer(view) ?? (asked ? "asked" : seen ? "seen" : null),
      run: () => void engine.act({ type: "grant.ask", capability: "screen_view" }, id),
    },
    ...ofKind(view, around, "desktop"),
    ...clipboard(view, around, "desktop"),
    ...folders(view, around),
    {
      name: shares ? "stop_sharing" : "share",
      group: "desktop",
      key: "p",
      on: shares,
      why: shares ? null : (whyNoCustomer(view) ?? whyNoPicker()),
      run: () => (shares ? engine.media.stopShare(id) : void engine.media.share(id)),
    },
    own(view, around),
  ]
}

function application(view: SessionView, around: Around): readonly Tool[] {
  return [...ofPage(view, around), ...ofKind(view, around, "application"), ...clipboard(view, around, "application")]
}

/** Seeing the customer's page, acting there, and what can be shown on it meanwhile. */
function ofPage(view: SessionView, { engine, pageTool }: Around): readonly Tool[] {
  const { id } = view.session
  const ask = (capability: "page_view" | "page_control") => {
    const standing = pages.standing(view, capability)
    const held = standing === "granted" ? pages.heldGrant(view, capability) : null
    const reason = capability === "page_view" ? pages.whyNoPage(view, engine.pages.origin) : pages.whyNoControl(view)
    return {
      name: held ? `${capability}_stop` : capability,
      group: "application" as const,
      key: capability === "page_view" ? "w" : "k",
      on: held !== null,
      why: held ? null : (whyNoCustomer(view) ?? (standing === "asked" ? "asked" : reason)),
      run: () => void engine.act(held ? { type: "grant.cancel", grant: held } : { type: "grant.ask", capability }, id),
    }
  }
  const hand = (tool: Exclude<PageTool, "none">, key: string) => ({
    name: `page_${tool}`,
    group: "application" as const,
    key,
    on: pageTool === tool,
    run: () => engine.pages.of(id)?.setTool(tool),
  })
  const first = [ask("page_view"), ask("page_control")]
  if (pages.standing(view, "page_view") !== "granted" || model.isOver(view)) return first
  return [
    ...first,
    hand("pointer", "l"),
    hand("highlight", "g"),
    hand("draw", "d"),
    { name: "page_wipe", group: "application", key: "x", run: () => engine.pages.of(id)?.wipe() },
  ]
}

function ofSession(view: SessionView, { engine, dialogs }: Around): readonly Tool[] {
  const { id, recording, recording_policy: policy } = view.session
  const asked = model.grantOf(view, "record", ["asked"], { holder: view.you }) !== null
  const heirs = model.mayTakeOver(view).length > 0
  const tools: Tool[] = []
  if (policy !== "always") {
    tools.push({
      name: recording ? "record_stop" : "record",
      group: "session",
      key: "r",
      on: recording,
      why:
        whyOver(view) ?? (policy === "off" ? "record_off" : asked ? "asked" : recording ? null : whyNoCustomer(view)),
      run: () => void engine.act({ type: recording ? "recording.stop" : "recording.start" }, id),
    })
  }
  tools.push({
    name: "hand_over",
    group: "session",
    key: "o",
    why: whyOver(view) ?? (model.isPrimary(view) ? (heirs ? null : "no_agent") : "not_primary"),
    run: () => dialogs.show("hand_over"),
  })
  tools.push({
    name: "transfer",
    group: "session",
    key: "t",
    why: whyOver(view) ?? (model.isPrimary(view) ? whyNotLive(view) : "not_primary"),
    run: () => dialogs.show("transfer"),
  })
  return tools
}

/** There is somebody to transfer, though perhaps away just now. */
function whyNotLive(view: SessionView): string | null {
  return view.session.state === "live" ? null : "not_joined"
}

function whyNoPicker(): string | null {
  return "getDisplayMedia" in (navigator.mediaDevices ?? {}) ? null : "no_picker"
}
