import type { Console } from "../../data/console"
import type { MediaState } from "../../data/media"
import * as model from "../../data/session"
import type { SessionView } from "../../wire/view"
import type { Dialogs } from "../dialogs/dialogs"

export type ToolGroup = "tools" | "desktop" | "application" | "session"
export const GROUPS: readonly ToolGroup[] = ["tools", "desktop", "application", "session"]

export interface Tool {
  /** Key of its name in the catalogue, `staff.tool.<name>`. */
  readonly name: string
  readonly group: ToolGroup
  readonly key?: string
  /** Is going on now. */
  readonly on?: boolean
  /** Key of the reason why it cannot be done, `staff.why.<reason>`. */
  readonly why?: string | null
  readonly run: () => void
}

interface Around {
  engine: Console
  dialogs: Dialogs
  media: Pick<MediaState, "shares">
  openTab: (tab: string) => void
}

const nothing = () => {}

/** Every tool of the session, with what it does now or the reason why it cannot. Feeds rail, palette and keys. */
export function toolsOf(view: SessionView, around: Around): readonly Tool[] {
  return [...general(view, around), ...desktop(view, around), ...application(), ...ofSession(view, around)]
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

function desktop(view: SessionView, { engine, media }: Around): readonly Tool[] {
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
    { name: "ask_control", group: "desktop", why: whyOver(view) ?? "native", run: nothing },
    {
      name: shares ? "stop_sharing" : "share",
      group: "desktop",
      key: "p",
      on: shares,
      why: shares ? null : (whyNoCustomer(view) ?? whyNoPicker()),
      run: () => (shares ? engine.media.stopShare(id) : void engine.media.share(id)),
    },
  ]
}

function application(): readonly Tool[] {
  return [
    { name: "page_view", group: "application", why: "page", run: nothing },
    { name: "page_control", group: "application", why: "page", run: nothing },
    { name: "ask_application", group: "application", why: "native", run: nothing },
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

export function whyOver(view: SessionView): string | null {
  if (model.isOver(view)) return "over"
  return model.awaitsAgreement(view) ? "agreement" : null
}

/** What needs the customer says so until the customer is there. */
export function whyNoCustomer(view: SessionView): string | null {
  const over = whyOver(view)
  if (over) return over
  if (view.session.state !== "live") return "not_joined"
  return model.customerOnline(view) ? null : "away"
}

/** There is somebody to transfer, though perhaps away just now. */
function whyNotLive(view: SessionView): string | null {
  return view.session.state === "live" ? null : "not_joined"
}

function whyNoPicker(): string | null {
  return "getDisplayMedia" in (navigator.mediaDevices ?? {}) ? null : "no_picker"
}
