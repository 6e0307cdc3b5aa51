import type { ClientBody, ServerBody } from "../contract/messages"
import type { Op, PageOutcome, PageReason, Shown } from "../page/acts"
import type { Person, ViewMode, ViewState } from "../page/port"
import { type LinkState, Refused } from "../wire/control"
import { mark } from "../wire/ids"
import { PageStream } from "../wire/page"
import { type Heard, PageHost } from "./pagehost"
import { Store } from "./store"

export type PageTool = ViewMode["tool"]
export type PageMode = Omit<ViewMode, "tool">

/** What became of an act, where it stands on the page no more: the customer was asked, or nobody was reached. */
export interface Answer {
  readonly number: number
  readonly outcome: PageOutcome
  readonly reason: PageReason | "offline" | null
}

export interface PageState {
  readonly link: LinkState
  /** The page may be seen. */
  readonly open: boolean
  readonly shown: ViewState | null
  readonly tool: PageTool
  readonly answer: Answer | null
}

type Send = (body: ClientBody, session: string) => Promise<void>

const START: PageState = { link: { kind: "connecting" }, open: false, shown: null, tool: "none", answer: null }
/** Acts whose result is waited for; the oldest are forgotten. */
const MOST_ACTS = 500
/** Pointers are left out while so many marks are on their way. */
const MOST_MARKS = 8

/** The customer's page in one session as staff sees it: what comes goes to the view, what is done there goes out. */
export class LivePage {
  readonly store = new Store<PageState>(START)
  readonly host: PageHost
  /** The keyboard's focus wants out of the view. */
  onLeave: () => void = () => {}
  readonly #session: string
  readonly #send: Send
  #stream: PageStream | null = null
  #mode: PageMode | null = null
  #people = new Map<string, Person>()
  #acts = new Map<string, { theirs: string; asked: boolean }>()
  #marks = 0
  #answers = 0
  #paused = false

  constructor(origin: string, session: string, send: Send) {
    this.#session = session
    this.#send = send
    this.host = new PageHost(origin, session, (message) => this.#heard(message))
  }

  /** How the view behaves, and who the colleagues are whose marks it shows. */
  setMode(mode: PageMode, colleagues: readonly Person[]): void {
    this.#mode = mode
    this.#people = new Map(colleagues.map((person) => [person.id, person]))
    this.#tell()
  }

  /** The company's page shows itself to nobody for now: then that is what the view says. */
  setPaused(paused: boolean): void {
    if (paused === this.#paused) return
    this.#paused = paused
    if (!this.store.get().open) this.host.send({ type: "clear", why: paused ? "paused" : "loading" })
  }

  /** The same tool again puts it away. */
  setTool(tool: PageTool): void {
    const now = this.store.get().tool
    this.store.patch({ tool: tool === now ? "none" : tool })
    this.#tell()
  }

  wipe(): void {
    const epoch = this.store.get().shown?.epoch
    if (epoch !== undefined) this.#point(epoch, { mark: "wipe" })
    const me = this.#mode?.me
    if (me && epoch !== undefined) this.host.send({ type: "shown", by: me, epoch, shown: { mark: "wipe" } })
  }

  receive(body: ServerBody): void {
    if (body.type === "page.result") {
      if (body.by === this.#mode?.me.id) this.#result(body.act, body.outcome, body.reason ?? null)
    } else if (body.type === "page.pointed") {
      const by = this.#people.get(body.by)
      if (by) this.host.send({ type: "shown", by, epoch: body.epoch, shown: body.shown })
    }
  }

  /** The way to the server is new; that of the stream may be dead without knowing. */
  linked(): void {
    this.#stream?.restart()
  }

  /** Nobody looks any more. */
  end(): void {
    this.#stream?.close()
    this.#stream = null
    this.host.end()
    this.#acts.clear()
    this.store.set(START)
  }

  #tell(): void {
    if (this.#mode) this.host.send({ type: "mode", mode: { ...this.#mode, tool: this.store.get().tool } })
  }

  #heard(message: Heard): void {
    switch (message.type) {
      case "ready":
        this.#tell()
        if (this.#stream) this.#stream.restart()
        else this.#open()
        break
      case "state":
        this.store.patch({ shown: message.state })
        break
      case "act":
        this.#act(message.act, message.epoch, message.op)
        break
      case "point":
        this.#point(message.epoch, message.shown)
        break
      case "leave":
        this.onLeave()
        break
    }
  }

  #open(): void {
    this.#stream = new PageStream({
      url: "/api/v1/page-stream",
      session: this.#session,
      onState: (link) => this.store.patch({ link }),
      onFlow: (open) => {
        this.store.patch({ open })
        if (!open) this.host.send({ type: "clear", why: this.#paused ? "paused" : "hidden" })
      },
      onFrame: (frame, first) => {
        if (first) this.host.send({ type: "clear", why: "loading" })
        this.host.send({ type: "frame", data: frame }, [frame])
      },
    })
  }

  #act(theirs: string, epoch: number, op: Op): void {
    if (!this.#mode?.control) return
    const act = mark()
    this.#acts.set(act, { theirs, asked: false })
    const oldest = this.#acts.size > MOST_ACTS ? this.#acts.keys().next().value : undefined
    if (oldest !== undefined) this.#acts.delete(oldest)
    this.#send({ type: "page.act", act, epoch, op }, this.#session).catch((cause: unknown) => {
      const code = cause instanceof Refused ? cause.code : ""
      this.#result(act, "refused", WHY[code] ?? "failed")
    })
  }

  #result(act: string, outcome: PageOutcome, reason: Answer["reason"]): void {
    const known = this.#acts.get(act)
    if (known === undefined) return
    if (outcome === "asking") known.asked = true
    else this.#acts.delete(act)
    const told = reason === "offline" ? "failed" : reason
    this.host.send({ type: "result", act: known.theirs, outcome, reason: told })
    // Plain refusals the view tells, where they happened.
    if (known.asked || reason === "offline") {
      this.store.patch({ answer: { number: ++this.#answers, outcome, reason } })
    }
  }

  #point(epoch: number, shown: Shown): void {
    if (shown.mark === "pointer" && shown.at && this.#marks >= MOST_MARKS) return
    this.#marks++
    this.#send({ type: "page.point", epoch, shown }, this.#session)
      .catch(() => {})
      .finally(() => this.#marks--)
  }
}

/** How a refused command reads as the reason of a refused act. */
const WHY: Partial<Record<string, Answer["reason"]>> = {
  offline: "offline",
  not_allowed: "no_consent",
  throttled: "too_many",
}

/** The pages of all sessions. */
export class Pages {
  /** Origin of the view; null where the installation has none. */
  readonly origin: string | null
  readonly #send: Send
  #pages = new Map<string, LivePage>()
  #linked = false

  constructor(origin: string | null, send: Send) {
    this.origin = origin
    this.#send = send
  }

  of(session: string): LivePage | null {
    if (this.origin === null) return null
    let page = this.#pages.get(session)
    if (!page) {
      page = new LivePage(this.origin, session, this.#send)
      this.#pages.set(session, page)
    }
    return page
  }

  receive(session: string, body: ServerBody): void {
    this.#pages.get(session)?.receive(body)
  }

  /** The control socket is open. The first time there is nothing to mend. */
  linked(): void {
    if (this.#linked) for (const page of this.#pages.values()) page.linked()
    this.#linked = true
  }

  drop(session: string): void {
    this.#pages.get(session)?.end()
    this.#pages.delete(session)
  }
}
