import type { Bye, PageFlow, PageHello, PageWelcome } from "../contract/messages"
import type { LinkState } from "./control"

export interface PageStreamOptions {
  /** `/api/v1/page-stream`; http and https addresses are turned into those of sockets. */
  url: string
  session: string
  /** As they came. `first`: what was shown before is void, the page is told from its beginning. */
  onFrame: (frame: ArrayBuffer, first: boolean) => void
  /** Whether the page may be seen. */
  onFlow: (open: boolean) => void
  onState: (state: LinkState) => void
}

/** After these the server would only refuse again. */
const FINAL: ReadonlySet<string> = new Set([
  "not_signed_in",
  "session_ended",
  "not_allowed",
  "not_found",
  "foreign_origin",
])
const CONNECT_MS = 8000
const LONGEST_PAUSE_MS = 4000
/** A connection that held so long was a good one. */
const HELD_MS = 10_000

/** The page stream as staff gets it: connects, says hello, comes back after a loss. Frames are passed on unread. */
export class PageStream {
  #options: PageStreamOptions
  #socket: WebSocket | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #openedAt = 0
  #closed = false
  #first = true
  state: LinkState = { kind: "connecting" }

  constructor(options: PageStreamOptions) {
    this.#options = options
    this.#connect()
  }

  /** From the beginning: for a view that was made anew, and for a connection that may be dead without knowing. */
  restart(): void {
    this.#closed = false
    this.#attempt = 0
    this.#connect()
  }

  close(): void {
    this.#closed = true
    this.#drop()
  }

  #set(state: LinkState): void {
    this.state = state
    this.#options.onState(state)
  }

  #drop(): void {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = null
    socket?.close(1000)
  }

  #connect(): void {
    this.#drop()
    this.#set({ kind: "connecting" })
    this.#openedAt = 0
    const url = new URL(this.#options.url, globalThis.location?.href)
    url.protocol = url.protocol.replace("http", "ws")
    const socket = new WebSocket(url)
    socket.binaryType = "arraybuffer"
    this.#socket = socket
    const mine = (act: () => void) => {
      if (socket === this.#socket) act()
    }
    this.#timer = setTimeout(() => mine(() => this.#lost()), CONNECT_MS)
    socket.onopen = () =>
      mine(() => {
        const hello: PageHello = { type: "page.hello", session: this.#options.session, role: "view" }
        socket.send(JSON.stringify(hello))
      })
    socket.onmessage = ({ data }: MessageEvent<unknown>) =>
      mine(() => (data instanceof ArrayBuffer ? this.#frame(data) : this.#said(String(data))))
    socket.onclose = () => mine(() => this.#lost())
  }

  #frame(frame: ArrayBuffer): void {
    const first = this.#first
    this.#first = false
    this.#options.onFrame(frame, first)
  }

  #said(text: string): void {
    const frame = JSON.parse(text) as PageWelcome | PageFlow | Bye
    switch (frame.type) {
      case "page.welcome":
        clearTimeout(this.#timer)
        this.#openedAt = Date.now()
        this.#first = true
        this.#set({ kind: "open" })
        this.#options.onFlow(frame.open)
        break
      case "page.flow":
        this.#first = true
        this.#options.onFlow(frame.open)
        break
      case "bye":
        if (!FINAL.has(frame.error.code)) break
        this.close()
        this.#set({ kind: "closed", error: frame.error })
    }
  }

  #lost(): void {
    this.#drop()
    if (this.#closed) return
    if (this.#openedAt && Date.now() - this.#openedAt > HELD_MS) this.#attempt = 0
    const pause = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** this.#attempt++) * (0.75 + Math.random() / 2)
    this.#set({ kind: "offline", retryAt: Date.now() + pause })
    this.#timer = setTimeout(() => this.#connect(), pause)
  }
}
