import type { ClientBody, DesktopQuality, ServerBody } from "../contract/messages"
import type { Person } from "../page/port"
import { Screen, type ScreenMode, type ScreenState } from "../screen/screen"
import type { Tool } from "../screen/tools"
import { held, isIn, nativeOf, OF_NATIVE, shownBy } from "../wire/derive"
import type { SessionView } from "../wire/view"
import * as model from "./session"
import { Store } from "./store"

export interface ScreenNow extends ScreenState {
  readonly tool: Tool
  readonly quality: DesktopQuality | null
  /** Text that was copied there and not taken over here yet. */
  readonly copied: string | null
}

type Send = (body: ClientBody, session: string) => Promise<void>

const START: ScreenNow = { typing: false, trouble: null, tool: "none", quality: null, copied: null }

/** The desktop or application that somebody shows in one session, as the person at this console sees it. */
export class LiveScreen {
  readonly store = new Store<ScreenNow>(START)
  readonly screen: Screen
  readonly giver: string
  /** The keyboard came back: the focus wants to go on. */
  onLeave: () => void = () => {}
  #people = new Map<string, Person>()

  constructor(giver: string, send: (body: ClientBody) => Promise<void>) {
    this.giver = giver
    this.screen = new Screen({
      giver,
      send,
      changed: (state) => this.store.patch(state),
      onLeave: () => this.onLeave(),
    })
  }

  setMode(mode: Omit<ScreenMode, "tool">, colleagues: readonly Person[]): void {
    this.#people = new Map(colleagues.map((person) => [person.id, person]))
    this.screen.set({ ...mode, tool: this.store.get().tool })
  }

  /** The same tool again puts it away. */
  setTool(tool: Tool): void {
    const now = this.store.get().tool
    this.store.patch({ tool: tool === now ? "none" : tool })
  }

  receive(body: ServerBody): void {
    if (body.type === "desktop.quality") this.store.patch({ quality: body })
    else if (body.type === "clipboard.got") this.store.patch({ copied: body.text })
    else if (body.type === "desktop.shared" && !body.picture) this.store.patch({ quality: null, tool: "none" })
    else if (body.type === "desktop.pointed") {
      const by = this.#people.get(body.by)
      if (by) this.screen.pointed(by, body.picture, body.shown)
    }
  }
}

/** What native clients show in all sessions. */
export class Screens {
  readonly #send: Send
  #screens = new Map<string, Map<string, LiveScreen>>()

  constructor(send: Send) {
    this.#send = send
  }

  of(session: string, giver: string): LiveScreen {
    const screens = this.#screens.get(session) ?? new Map<string, LiveScreen>()
    this.#screens.set(session, screens)
    let screen = screens.get(giver)
    if (!screen) {
      screen = new LiveScreen(giver, (body) => this.#send(body, session))
      screens.set(giver, screen)
    }
    return screen
  }

  receive(session: string, body: ServerBody): void {
    if (isOfScreen(body)) this.of(session, body.giver).receive(body)
  }

  drop(session: string): void {
    for (const screen of this.#screens.get(session)?.values() ?? []) screen.screen.detach()
    this.#screens.delete(session)
  }
}

type OfScreen = Extract<
  ServerBody,
  { type: "desktop.quality" | "desktop.pointed" | "desktop.shared" | "clipboard.got" }
>

const isOfScreen = (body: ServerBody): body is OfScreen =>
  ["desktop.quality", "desktop.pointed", "desktop.shared", "clipboard.got"].includes(body.type)

// --- what stands in the session ---

export type NativeCapability =
  | "desktop_view"
  | "desktop_control"
  | "application_view"
  | "application_control"
  | "clipboard_in"
  | "clipboard_out"
  | "files_read"
  | "files_write"

/** `client`: asked, and the customer has to start the native client before it can be answered. */
export type Standing = "no" | "asked" | "client" | "granted"

export function standing(view: SessionView, capability: model.Capability): Standing {
  const giver = model.customerIn(view)?.id ?? ""
  if (held(view, giver, capability)) return "granted"
  if (!model.grantOf(view, capability, ["asked"], { giver, holder: view.you })) return "no"
  return capability in OF_NATIVE && !nativeOf(view, giver) ? "client" : "asked"
}

const VIEW_OF: Partial<Record<NativeCapability, NativeCapability>> = {
  desktop_control: "desktop_view",
  application_control: "application_view",
}

/** Why it cannot be asked for, as key of `staff.why`. No client yet is no reason: the customer is offered one then. */
export function whyNot(view: SessionView, capability: NativeCapability): string | null {
  if (view.session.withheld?.includes(capability)) return "withheld"
  const client = nativeOf(view, model.customerIn(view)?.id ?? "")
  if (client && !OF_NATIVE[capability]?.every((skill) => client.can.includes(skill))) return "client_cannot"
  const first = VIEW_OF[capability]
  if (first) return standing(view, first) === "granted" ? null : "view_first"
  if (!capability.startsWith("clipboard")) return null
  const controls = (["desktop_control", "application_control"] as const).some((c) => standing(view, c) === "granted")
  return controls ? null : "control_first"
}

/** The share that can be seen here: of whom, the customer first. */
export function shown(view: SessionView) {
  const customer = model.customerIn(view)?.id
  const givers = view.shares.map((share) => share.giver).filter((giver) => giver !== view.you)
  const found = [...givers].sort((a, b) => Number(b === customer) - Number(a === customer))
  return found.map((giver) => shownBy(view, giver)).find((one) => one !== null) ?? null
}

/** Who else sees or controls what this person shows. */
export function others(view: SessionView, giver: string, capability: model.Capability) {
  return view.participants.filter(
    (p) =>
      isIn(p) &&
      p.id !== view.you &&
      view.grants.some(
        (g) => g.giver === giver && g.holder === p.id && g.capability === capability && g.state === "granted",
      ),
  )
}
