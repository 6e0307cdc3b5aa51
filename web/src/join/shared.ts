import type { ClientBody, ServerBody } from "../contract/messages"
import { Screen, type ScreenState } from "../screen/screen"
import { h, type View } from "../ui/dom"
import { firstName } from "../ui/format"
import { icon } from "../ui/icons"
import { t } from "../ui/text"
import { controlOf, held, person, type Shown, shownBy } from "../wire/derive"
import type { SessionView } from "../wire/view"
import "./texts"

const COLOURS = ["#3155d6", "#b3401f", "#8a3fb0", "#8f5a00"]
const START: ScreenState = { typing: false, trouble: null }

/** Desktops and applications that agents show by their native clients, and what is done there from here. */
export class Shared {
  readonly #send: (body: ClientBody) => Promise<void>
  readonly #changed: () => void
  readonly #screens = new Map<string, Screen>()
  readonly #states = new Map<string, ScreenState>()
  /** Text that was copied there and not taken over here yet. */
  readonly #copied = new Map<string, string>()

  constructor(send: (body: ClientBody) => Promise<void>, changed: () => void) {
    this.#send = send
    this.#changed = changed
  }

  of(giver: string): Screen {
    let screen = this.#screens.get(giver)
    if (!screen) {
      screen = new Screen({
        giver,
        send: this.#send,
        changed: (state) => {
          this.#states.set(giver, state)
          this.#changed()
        },
        // The button that brings it back has the focus then.
        onLeave: () => this.onLeave(),
      })
      this.#screens.set(giver, screen)
    }
    return screen
  }

  onLeave: () => void = () => {}

  stateOf(giver: string): ScreenState {
    return this.#states.get(giver) ?? START
  }

  copiedOf(giver: string): string | null {
    return this.#copied.get(giver) ?? null
  }

  /** Into the clipboard here, by a click and never by itself. */
  async take(giver: string): Promise<void> {
    const text = this.#copied.get(giver)
    if (text === undefined) return
    await navigator.clipboard.writeText(text).then(
      () => this.forget(giver),
      () => {},
    )
  }

  forget(giver: string): void {
    if (this.#copied.delete(giver)) this.#changed()
  }

  /** Who was allowed it does not want it any more. */
  stop(view: SessionView, shown: Shown): void {
    const grant = controlOf(view, shown)
    this.of(shown.giver).leave()
    if (grant) void this.#send({ type: "grant.cancel", grant: grant.id }).catch(() => {})
  }

  receive(body: ServerBody, view: SessionView | null): void {
    if (body.type === "clipboard.got") {
      this.#copied.set(body.giver, body.text)
      this.#changed()
    }
    const by = body.type === "desktop.pointed" && view ? person(view, body.by) : null
    if (body.type !== "desktop.pointed" || !by || !view) return
    const colour = COLOURS[view.participants.indexOf(by) % COLOURS.length] as string
    this.#screens.get(body.giver)?.pointed({ id: by.id, name: by.name, color: colour }, body.picture, body.shown)
  }

  /** What stands in the session holds here. */
  settle(view: SessionView): void {
    for (const [giver, screen] of this.#screens) {
      const shown = shownBy(view, giver)
      if (!held(view, giver, "clipboard_out")) this.#copied.delete(giver)
      const control = shown !== null && view.session.state === "live" && controlOf(view, shown) !== null
      screen.set({
        picture: shown?.picture ?? null,
        control,
        tool: "none",
        me: { id: view.you, name: t("you"), color: COLOURS[0] as string },
        paste: control && held(view, giver, "clipboard_in") !== null,
        label: t("screen.field", { name: person(view, giver)?.name ?? t("agent") }),
      })
    }
  }

  close(): void {
    for (const screen of this.#screens.values()) screen.detach()
  }
}

/** Over the picture: takes what is done there. */
export function over(shared: Shared, view: () => SessionView | null, giver: string): View {
  const screen = shared.of(giver)
  return h("div", {
    key: `over-${giver}`,
    class: "over",
    created: (element: HTMLElement) => {
      screen.attach(element)
      const now = view()
      if (now) shared.settle(now)
    },
    removed: () => screen.detach(),
  })
}

/** Below the picture, while it is controlled from here: where the keyboard is and how it comes back. */
export function controlling(shared: Shared, view: SessionView, shown: Shown): View | null {
  const { giver, picture } = shown
  if (!controlOf(view, shown)) {
    return picture.paused ? h("p", { key: "paused", class: "fine", role: "status" }, t("screen.paused")) : null
  }
  const { typing, trouble } = shared.stateOf(giver)
  const name = person(view, giver)?.name ?? t("agent")
  const screen = shared.of(giver)
  return h(
    "div",
    { key: "controlling", class: "note row controlling" },
    h(
      "span",
      { class: "grow", role: "status" },
      trouble
        ? t("screen.input_lost")
        : [
            h("span", null, t("screen.controlling", { name })),
            oneOf(typing, ["screen.way_out", "screen.way_in"]),
            held(view, giver, "clipboard_in") ? h("span", { class: "pastes" }, t("screen.pastes")) : null,
          ],
    ),
    h(
      "button",
      {
        type: "button",
        "aria-pressed": typing ? "true" : "false",
        created: (element: HTMLElement) => {
          shared.onLeave = () => element.focus()
        },
        // A press that took the focus away would end what it is to end itself.
        onmousedown: (event: Event) => event.preventDefault(),
        onclick: () => (shared.stateOf(giver).typing ? screen.leave() : screen.type()),
      },
      oneOf(typing, ["screen.type_here", "screen.type_there"]),
    ),
    h("button", { type: "button", onclick: () => shared.stop(view, shown) }, t("screen.stop")),
  )
}

/** One of two texts, in the room of the larger: the picture must not move under a button that is down. */
function oneOf(first: boolean, texts: readonly [string, string]): View {
  const away = (at: number) => (first === (at === 0) ? null : "")
  return h(
    "span",
    { class: "one-of" },
    texts.map((text, at) => h("span", { "data-away": away(at) }, t(text))),
  )
}

/** Text that was copied there, to be taken over here. */
export function copied(shared: Shared, view: SessionView, { giver }: Shown): View | null {
  const text = shared.copiedOf(giver)
  if (text === null) return null
  const name = person(view, giver)?.name ?? t("agent")
  return h(
    "div",
    { key: "copied", class: "note row copied" },
    h(
      "span",
      { class: "grow cut", role: "status" },
      t("screen.copied", { name: firstName(name), text: text.slice(0, 200) }),
    ),
    h("button", { type: "button", onclick: () => void shared.take(giver) }, t("screen.copy")),
    h(
      "button",
      { type: "button", class: "quiet icon-only", "aria-label": t("close"), onclick: () => shared.forget(giver) },
      icon("close"),
    ),
  )
}
