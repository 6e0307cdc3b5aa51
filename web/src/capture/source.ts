import type { PageAbout, PageDo, PageHello, PageMark, PagePause, PageServerFrame } from "../contract/messages"
import type { Pipe } from "./sender"

export interface SourceOptions {
  /** Origin of the server. */
  base: string
  session: string
  access(): string | null
  tab(): string
  /** The tab's number is used by another tab: one of its own from now on. */
  renumber(): void
  about(): Omit<PageAbout, "type">
  /** Connected; the epoch of the first snapshot. */
  welcome(epoch: number, pipe: Pipe): void
  /** `epoch`: of the next snapshot; null: it goes on as it did. */
  flow(open: boolean, epoch: number | null): void
  snapshot(): void
  act(asked: PageDo): void
  mark(shown: PageMark): void
  /** The connection is lost, or over for good. */
  lost(): void
}

/** After these the server would only refuse again. */
const FINAL = new Set(["session_ended", "not_allowed", "foreign_origin", "not_found"])
const LONGEST_PAUSE_MS = 4000
const CONNECT_MS = 8000
/** A network that takes nothing for so long is gone without a word. */
const STALL_MS = 10_000

/** This tab's page stream socket: connects, says hello, comes back after a loss with growing pauses. */
export class Source {
  #options: SourceOptions
  #socket: WebSocket | null = null
  #welcomed = false
  #attempt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setInterval> | undefined
  #over = false
  #told = ""
  /** What the server is to know. Once it does, a new connection has only a pause to say again. */
  #pause: boolean | null = null

  constructor(options: SourceOptions) {
    this.#options = options
    globalThis.addEventListener("online", this.#hurry)
    this.#connect()
  }

  /** Says what the tab shows, when that is not what was said last. */
  about(): void {
    if (!this.#welcomed || !this.#socket) return
    const text = JSON.stringify({ type: "page.about", ...this.#options.about() } satisfies PageAbout)
    if (text === this.#told) return
    this.#told = text
    this.#socket.send(text)
  }

  /** Of the whole session: nobody sees any of its tabs meanwhile. Said when there is a connection. */
  pause(paused: boolean): void {
    this.#pause = paused
    if (!this.#welcomed || !this.#socket) return
    this.#socket.send(JSON.stringify({ type: "page.pause", paused } satisfies PagePause))
    if (!paused) this.#pause = null
  }

  close(): void {
    this.#over = true
    clearTimeout(this.#timer)
    globalThis.removeEventListener("online", this.#hurry)
    this.#lose()
  }

  #hurry = (): void => {
    if (!this.#welcomed) this.#connect()
  }

  #connect(): void {
    clearTimeout(this.#timer)
    const access = this.#options.access()
    // The panel's own connection fetches one; until then nobody knows us.
    if (access === null) {
      this.#later()
      return
    }
    this.#drop()
    const url = new URL("/api/v1/page-stream", this.#options.base)
    url.protocol = url.protocol.replace("http", "ws")
    const socket = new WebSocket(url)
    socket.binaryType = "arraybuffer"
    this.#socket = socket
    this.#timer = setTimeout(() => this.#lose(), CONNECT_MS)
    socket.onopen = () => {
      const hello: PageHello = {
        type: "page.hello",
        role: "source",
        session: this.#options.session,
        token: access,
        tab: this.#options.tab(),
      }
      socket.send(JSON.stringify(hello))
    }
    socket.onmessage = (message) => {
      if (socket === this.#socket && typeof message.data === "string") {
        this.#receive(JSON.parse(message.data) as PageServerFrame, socket)
      }
    }
    socket.onclose = () => {
      if (socket === this.#socket) this.#lose()
    }
  }

  #receive(frame: PageServerFrame, socket: WebSocket): void {
    switch (frame.type) {
      case "page.welcome":
        clearTimeout(this.#timer)
        this.#welcomed = true
        this.#told = ""
        this.#guard(socket)
        if (this.#pause !== null) this.pause(this.#pause)
        this.#options.welcome(frame.epoch, socket)
        this.about()
        this.#options.flow(frame.open, null)
        break
      case "page.flow":
        this.#attempt = 0
        this.#options.flow(frame.open, (frame as { epoch?: number }).epoch || null)
        break
      case "page.need_snapshot":
        this.#options.snapshot()
        break
      case "page.do":
        this.#options.act(frame)
        break
      case "page.mark":
        this.#options.mark(frame)
        break
      case "bye":
        if (frame.error.code === "conflict") this.#options.renumber()
        if (FINAL.has(frame.error.code)) this.#over = true
        break
    }
  }

  #guard(socket: WebSocket): void {
    let before = 0
    this.#watch = setInterval(() => {
      const now = socket.bufferedAmount
      if (now > 0 && now >= before && before > 0) this.#lose()
      else before = now
      // It held for a while: the next loss is a first one.
      this.#attempt = 0
    }, STALL_MS)
  }

  #drop(): void {
    clearInterval(this.#watch)
    const socket = this.#socket
    this.#socket = null
    this.#welcomed = false
    socket?.close()
  }

  #lose(): void {
    this.#drop()
    this.#options.lost()
    if (!this.#over) this.#later()
  }

  #later(): void {
    const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** this.#attempt++) * (0.75 + Math.random() / 2)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect(), pause)
  }
}
