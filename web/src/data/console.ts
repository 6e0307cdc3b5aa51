import type { ClientBody, DeskConfig, DeskNotice, EventFrame, ServerBody, UserInfo } from "../contract/messages"
import { Control, type LinkState, Refused } from "../wire/control"
import { apply, fromSnapshot, type SessionView } from "../wire/view"
import { Arranging } from "./bar"
import { boot } from "./boot"
import * as desk from "./desk"
import { forgetDrafts } from "./drafts"
import { Uploads } from "./files"
import { heard } from "./focus"
import { Folders } from "./folders"
import { Media } from "./media"
import { remember, remembered } from "./memory"
import { Outbox } from "./outbox"
import { Pages } from "./pages"
import { Screens } from "./screens"
import * as model from "./session"
import { Shares } from "./shares"
import { Store } from "./store"
import { Supervise } from "./supervise"

export interface TypingNote {
  readonly participant: string
  readonly audience: "everyone" | "staff"
  /** When the sign goes away, in ms since the epoch. */
  readonly until: number
}

export interface ConsoleState {
  readonly link: LinkState
  /** Server time less ours, in seconds. */
  readonly offset: number
  readonly config: DeskConfig | null
  readonly desk: desk.DeskView | null
  readonly views: Readonly<Record<string, SessionView>>
  /** Sessions that are over and still lie open. */
  readonly past: readonly string[]
  readonly front: string | null
  readonly unread: Readonly<Record<string, number>>
  readonly typing: Readonly<Record<string, TypingNote>>
  /** Bytes that have arrived, by file. */
  readonly progress: Readonly<Record<string, number>>
  /** The chat of the session in front can be seen now. */
  readonly reading: boolean
}

export type Happening =
  | { kind: "offer" | "invitation"; name: string }
  | { kind: "message"; session: string; name: string }
  | { kind: "left"; session: string; name: string }
  /** A session that went elsewhere while this tab was away. */
  | { kind: "taken"; name: string }
  /** Messages whose session is over or elsewhere: they cannot be sent any more. */
  | { kind: "unsent"; count: number }
  /** Something was done to the agent, by a supervisor or by the clock. */
  | { kind: "notice"; notice: DeskNotice }
  | { kind: "refused"; error: Refused }

const TYPING_MS = 4000
/** Refusals that may be over in a moment. */
const PASSING: ReadonlySet<string> = new Set(["offline", "unavailable", "server_error", "throttled"])

/** Everything one console tab knows and does. The views read `state` and call methods; nothing else talks to the server. */
export class Console {
  readonly state: Store<ConsoleState>
  readonly media: Media
  readonly uploads = new Uploads()
  readonly outbox: Outbox
  readonly supervise: Supervise
  readonly bar = new Arranging({
    get: () => this.state.get().desk,
    set: (mine) => this.state.patch({ desk: mine }),
    act: (body) => this.act(body),
  })
  readonly pages = new Pages(boot().view, (body, session) => this.send(body, session))
  readonly screens = new Screens((body, session) => this.send(body, session))
  readonly folders = new Folders((body, session) => this.send(body, session))
  readonly user: UserInfo
  onHappening: (happening: Happening) => void = () => {}
  #control: Control | null = null
  #stopped = false
  #shares: Shares
  #bringToFront: string | null = null
  /** Offers, contacts and sessions that are being taken: a second click is none. */
  readonly #taking = new Set<string>()

  constructor(user: UserInfo) {
    this.user = user
    this.state = new Store<ConsoleState>({
      link: { kind: "connecting" },
      offset: 0,
      config: null,
      desk: null,
      views: {},
      past: [],
      front: remembered<string>("front"),
      unread: {},
      typing: {},
      progress: {},
      reading: true,
    })
    this.media = new Media((body, session) => this.send(body, session))
    this.outbox = new Outbox((body, session) => this.send(body, session), user.id)
    this.supervise = new Supervise((body) => this.send(body))
    this.#shares = new Shares((body, session) => this.send(body, session))
    this.media.onShare = (session, on) => {
      this.#shares.set(session, on)
      this.#settle(session)
    }
  }

  start(url = "/api/v1/socket"): void {
    this.#control = new Control({
      url,
      hello: () => ({ since: this.#since() }),
      onEvent: (frame) => this.receive(frame),
      onState: (link) => this.#linked(link),
    })
  }

  stop(): void {
    this.#stopped = true
    this.#control?.close()
    this.media.close()
  }

  /** The server's clock, in seconds since the epoch. */
  now(): number {
    return Date.now() / 1000 + this.state.get().offset
  }

  send(body: ClientBody, session: string | null = null): Promise<void> {
    return this.#control?.send(body, session) ?? Promise.reject(new Refused({ code: "offline", message: "stopped" }))
  }

  /** For buttons: a refusal is told to the agent. True when it was done. */
  async act(body: ClientBody, session: string | null = null): Promise<boolean> {
    try {
      await this.send(body, session)
      return true
    } catch (cause) {
      if (cause instanceof Refused) this.onHappening({ kind: "refused", error: cause })
      return false
    }
  }

  /** Queues, reasons, codes and limits. Tried again until they are there: without them the page is half of one. */
  async loadConfig(wait = 1000): Promise<void> {
    try {
      this.state.patch({ config: await desk.fetchConfig() })
    } catch (cause) {
      if (this.#stopped || (cause instanceof Refused && !PASSING.has(cause.code))) return
      setTimeout(() => void this.loadConfig(Math.min(2 * wait, 30_000)), wait)
    }
  }

  /** True when the contact is the agent's now; false also while the same is on its way already. */
  async accept(offer: string): Promise<boolean> {
    if (this.#taking.has(offer)) return false
    const found = this.state.get().desk?.offers.find((one) => one.id === offer)
    this.#bringToFront = found?.session ?? null
    const taken = await this.#take(offer, { type: "offer.accept", offer })
    if (taken && found && this.state.get().views[found.session]) this.toFront(found.session)
    return taken
  }

  async pick(contact: string): Promise<void> {
    if (this.#taking.has(contact)) return
    const found = this.state.get().desk?.waiting.find((one) => one.contact === contact)
    this.#bringToFront = found?.session ?? null
    await this.#take(contact, { type: "contact.pick", contact })
  }

  async join(session: string): Promise<void> {
    if (this.#taking.has(session)) return
    this.#bringToFront = session
    await this.#take(session, { type: "agent.join" }, session)
  }

  async #take(what: string, body: ClientBody, session: string | null = null): Promise<boolean> {
    this.#taking.add(what)
    const taken = await this.act(body, session)
    this.#taking.delete(what)
    if (!taken) this.#bringToFront = null
    return taken
  }

  /** A session of one's own making comes to the front as soon as it is there. */
  expect(session: string): void {
    this.#bringToFront = session
    if (this.state.get().views[session]) this.toFront(session)
  }

  toFront(session: string | null): void {
    this.#bringToFront = null
    this.state.set((old) => ({
      ...old,
      front: session,
      unread: session ? { ...old.unread, [session]: 0 } : old.unread,
    }))
    remember("front", session)
    if (session && this.state.get().desk?.sessions.includes(session)) this.media.toFront(session)
  }

  reading(on: boolean): void {
    const { reading, front, unread } = this.state.get()
    if (reading !== on) this.state.patch({ reading: on })
    if (on && front && unread[front]) this.state.patch({ unread: { ...unread, [front]: 0 } })
  }

  /** Put a session away that is over. */
  close(session: string): void {
    this.state.set((old) => {
      const { [session]: _, ...views } = old.views
      const past = old.past.filter((one) => one !== session)
      return { ...old, views, past, front: old.front === session ? (old.desk?.sessions.at(-1) ?? null) : old.front }
    })
    // The outcome that was chosen is still to be told.
    if (!this.state.get().desk?.wrapUps.some((one) => one.session === session)) forgetDrafts(session)
    this.pages.drop(session)
    this.screens.drop(session)
    this.folders.drop(session)
    const { front } = this.state.get()
    if (front) this.toFront(front)
  }

  receive(frame: EventFrame): void {
    const { body, session } = frame
    if (body.type === "desk.snapshot") this.#snapshot(desk.fromDesk(body))
    else if (body.type === "desk.changed") this.#changed(body)
    else if (body.type === "desk.notice") this.onHappening({ kind: "notice", notice: body })
    else if (this.supervise.receive(body)) return
    else if (session !== null) this.#inSession(session, frame)
  }

  #inSession(session: string, frame: EventFrame): void {
    const { body } = frame
    this.media.receive(session, body)
    this.pages.receive(session, body)
    this.screens.receive(session, body)
    this.folders.receive(session, body)
    switch (body.type) {
      case "typing":
        this.#typing(session, body.participant, body.audience ?? "everyone")
        return
      case "file.progress":
        this.state.patch({ progress: { ...this.state.get().progress, [body.file]: body.received } })
        return
      case "media.offer":
      case "media.slots":
      case "media.failed":
      case "media.codec":
      case "page.result":
      case "page.pointed":
      case "desktop.pointed":
      case "desktop.quality":
      case "clipboard.got":
      case "folder.answered":
        return
    }
    const old = this.state.get().views[session]
    const view = old ? apply(old, frame) : body.type === "session.snapshot" ? fromSnapshot(body) : null
    if (!view || view === old) return
    if (body.type === "line.added") this.outbox.arrived([body.line])
    if (body.type === "session.snapshot") this.outbox.arrived(body.lines)
    this.state.patch({ views: { ...this.state.get().views, [session]: view } })
    if (!old) this.#arrived(session, view)
    else this.#noticed(session, old, view, body)
    this.#settle(session)
  }

  #arrived(session: string, view: SessionView): void {
    const { desk: mine, front } = this.state.get()
    if (mine && !model.isOver(view)) this.state.patch({ desk: desk.withSession(mine, session) })
    if (!model.isOver(view)) this.media.ensure(session)
    if (this.#bringToFront === session || front === null || front === session) this.toFront(session)
  }

  #noticed(session: string, old: SessionView, view: SessionView, body: ServerBody): void {
    if (model.isOver(view) && !model.isOver(old)) this.media.drop(session)
    if (body.type === "participant.changed") {
      const { participant } = body
      const before = model.personOf(old, participant.id)
      if (participant.role === "customer" && participant.left_at != null && before?.left_at == null) {
        this.onHappening({ kind: "left", session, name: participant.name })
      }
    }
    if (body.type !== "line.added" || body.line.kind !== "chat" || body.line.by === view.you) return
    const { front, reading, unread, typing } = this.state.get()
    const { [`${session} ${body.line.by}`]: _, ...others } = typing
    const missed = front === session && reading && !document.hidden ? 0 : 1
    this.state.patch({ typing: others, unread: { ...unread, [session]: (unread[session] ?? 0) + missed } })
    this.onHappening({ kind: "message", session, name: body.line.by_name })
  }

  #snapshot(mine: desk.DeskView): void {
    const open = new Set([...mine.sessions, ...mine.wrapUps.map((one) => one.session), ...this.state.get().past])
    for (const [id, view] of Object.entries(this.state.get().views)) {
      if (!open.has(id) && !model.isOver(view)) {
        this.onHappening({ kind: "taken", name: model.customerName(view) })
      }
    }
    this.state.set((old) => ({
      ...old,
      desk: mine,
      views: Object.fromEntries(Object.entries(old.views).filter(([id]) => open.has(id))),
      front: old.front && open.has(old.front) ? old.front : (mine.sessions[0] ?? null),
    }))
    const count = this.outbox.keepOnly(open)
    if (count) this.onHappening({ kind: "unsent", count })
    this.#warm(mine)
    for (const session of mine.sessions) if (this.state.get().views[session]) this.media.ensure(session)
    this.media.announce()
  }

  #changed(body: Extract<ServerBody, { type: "desk.changed" }>): void {
    const old = this.state.get()
    if (!old.desk) return
    const mine = this.bar.heard(desk.applyDesk(old.desk, body), old.desk)
    this.state.patch({ desk: mine })
    for (const session of body.sessions_gone ?? []) this.#gone(session)
    const wrapped = (body.wrap_ups_gone ?? []).map((id) => old.desk?.wrapUps.find((one) => one.contact === id)?.session)
    for (const session of wrapped) if (session && !mine.sessions.includes(session)) this.close(session)
    this.#warm(mine)
    for (const offer of body.offers ?? []) {
      if (!old.desk.offers.some((one) => one.id === offer.id)) {
        this.onHappening({ kind: "offer", name: offer.customer })
      }
    }
    for (const invitation of body.invitations ?? []) {
      this.onHappening({ kind: "invitation", name: invitation.customer })
    }
  }

  /** Over for me: it stays open while it is in front or has to be wrapped up, and goes otherwise. */
  #gone(session: string): void {
    this.media.drop(session)
    const { desk: mine, front, past, views } = this.state.get()
    const wrapping = mine?.wrapUps.some((one) => one.session === session)
    if (!views[session]) return
    const left = views[session].session.state !== "ended"
    if (!wrapping && (left || front !== session)) this.close(session)
    else if (!past.includes(session)) this.state.patch({ past: [...past, session] })
  }

  /** Connections for what is offered, none for what is not mine. */
  #warm(mine: desk.DeskView): void {
    const offered = mine.offers.map((offer) => offer.session)
    for (const session of offered) this.media.ensure(session)
    this.media.keepOnly(new Set([...offered, ...mine.sessions, ...(this.#bringToFront ? [this.#bringToFront] : [])]))
  }

  #settle(session: string): void {
    const view = this.state.get().views[session]
    if (!view) return
    this.#shares.settle(session, view)
    this.folders.settle(session, view)
  }

  #typing(session: string, participant: string, audience: "everyone" | "staff"): void {
    if (participant === this.state.get().views[session]?.you) return
    const key = `${session} ${participant}`
    const note: TypingNote = { participant, audience, until: Date.now() + TYPING_MS }
    this.state.patch({ typing: { ...this.state.get().typing, [key]: note } })
    setTimeout(() => {
      const { [key]: mark, ...rest } = this.state.get().typing
      if (mark === note) this.state.patch({ typing: rest })
    }, TYPING_MS)
  }

  #linked(link: LinkState): void {
    this.state.patch({ link, offset: this.#control?.clockOffset ?? 0 })
    if (link.kind !== "open") return
    this.outbox.again()
    this.pages.linked()
    this.folders.linked()
    this.supervise.linked()
  }

  #since(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.state.get().views).map(([id, view]) => [id, view.seq]))
  }

  /** The session whose voices are played. */
  heard(): string | null {
    return heard(this.media.store.get().focus, this.state.get().front)
  }
}
