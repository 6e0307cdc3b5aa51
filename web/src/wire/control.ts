import type { ClientBody, ErrorInfo, EventFrame, Hello, ServerFrame, Welcome } from "../contract/messages"
import { json } from "./json"

/** A refusal of the server, or `offline` when it could not be asked. */
export class Refused extends Error {
  constructor(readonly error: ErrorInfo | { code: "offline"; message: string }) {
    super(error.message)
    this.name = "Refused"
  }
  /** While no server is at home it is as if there were none: whoever waits that out, waits this out too. */
  get code(): string {
    return this.error.code === "unavailable" ? "offline" : this.error.code
  }
}

export type LinkState =
  | { kind: "connecting" }
  | { kind: "open" }
  /** Lost; the next attempt is at `retryAt` (ms since the epoch). */
  | { kind: "offline"; retryAt: number }
  /** The server will not have us back. */
  | { kind: "closed"; error: ErrorInfo }

export interface ControlOptions {
  /** `wss://host/api/v1/socket`; http and https addresses are turned into it. */
  url: string
  /** Called for the first frame of each connection, so that tokens and numbers are the newest. */
  hello: () => Omit<Hello, "type">
  onWelcome?: (welcome: Welcome) => void
  onEvent: (event: EventFrame) => void
  onState?: (state: LinkState) => void
}

interface Pending {
  sentAt: number
  resolve: () => void
  reject: (reason: Refused) => void
}

/** After these the server would only refuse again. */
const FINAL = new Set(["resume_refused", "not_signed_in", "session_ended", "not_allowed", "foreign_origin"])
const QUIET_MS = 11_000
/** An attempt on a network that swallows everything would hang for minutes; a fresh one finds the way back sooner. */
const CONNECT_MS = 8000
/** So that who was away is back within 5 s of the server being there again. */
const LONGEST_PAUSE_MS = 4000

/**
 * The control socket: connects, says hello, keeps itself alive, comes back after a loss with growing pauses, and
 * resumes where it was. Commands that were not answered when the connection broke are refused as `offline`: the
 * caller knows whether to repeat them.
 */
export class Control {
  #socket: WebSocket | null = null
  #options: ControlOptions
  #next = 1
  #pending = new Map<number, Pending>()
  #attempt = 0
  #triedAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #watch: ReturnType<typeof setTimeout> | undefined
  #stopped = false
  #welcomed = false
  state: LinkState = { kind: "connecting" }
  /** Server time less ours, in seconds; for running timers. */
  clockOffset = 0
  /** Time from the last command to its reply, in ms; null before the first. */
  roundTrip: number | null = null

  constructor(options: ControlOptions) {
    this.#options = options
    this.#connect()
    globalThis.addEventListener?.("online", this.#hurry)
  }

  /** Resolves when the server has done it; rejects with `Refused`. */
  send(body: ClientBody, session: string | null = null): Promise<void> {
    const socket = this.#socket
    if (!socket || !this.#welcomed || socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Refused({ code: "offline", message: "not connected" }))
    }
    const id = this.#next++
    socket.send(json({ type: "command", id, session, body }))
    return new Promise((resolve, reject) => this.#pending.set(id, { sentAt: performance.now(), resolve, reject }))
  }

  close(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#watch)
    globalThis.removeEventListener?.("online", this.#hurry)
    const socket = this.#socket
    // Nothing that is still on its way reaches whoever has closed.
    this.#socket = null
    socket?.close(1000)
    this.#lost()
  }

  #hurry = (): void => {
    if (this.state.kind === "offline") this.#connect()
    else if (this.state.kind === "connecting" && this.#socket?.readyState === WebSocket.CONNECTING) this.#connect()
  }

  #set(state: LinkState): void {
    this.state = state
    this.#options.onState?.(state)
  }

  #connect(): void {
    clearTimeout(this.#timer)
    this.#set({ kind: "connecting" })
    this.#welcomed = false
    this.#triedAt = Date.now()
    const hung = this.#socket
    this.#socket = null
    hung?.close()
    const url = new URL(this.#options.url, globalThis.location?.href)
    url.protocol = url.protocol.replace("http", "ws")
    const socket = new WebSocket(url)
    this.#socket = socket
    this.#alive(CONNECT_MS)
    socket.onopen = () => {
      if (socket !== this.#socket) return
      this.#alive()
      socket.send(JSON.stringify({ type: "hello", ...this.#options.hello() }))
    }
    socket.onmessage = (message) => {
      if (socket !== this.#socket) return
      this.#alive()
      this.#receive(JSON.parse(String(message.data)) as ServerFrame)
    }
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost()
    }
  }

  /** The server beats every 4 s; a socket that is silent longer is dead without knowing. */
  #alive(patience = QUIET_MS): void {
    clearTimeout(this.#watch)
    this.#watch = setTimeout(() => {
      const socket = this.#socket
      this.#socket = null
      socket?.close()
      this.#lost()
    }, patience)
  }

  #receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.#welcomed = true
        this.clockOffset = frame.now - Date.now() / 1000
        this.#options.onWelcome?.(frame)
        this.#set({ kind: "open" })
        break
      case "reply": {
        const pending = this.#pending.get(frame.id)
        this.#pending.delete(frame.id)
        if (pending) this.roundTrip = performance.now() - pending.sentAt
        if (frame.error) pending?.reject(new Refused(frame.error))
        else pending?.resolve()
        break
      }
      case "beat":
        // Not before: a server that welcomes and then breaks off is not knocked at four times a second.
        this.#attempt = 0
        this.clockOffset = frame.now - Date.now() / 1000
        break
      case "event":
        this.#options.onEvent(frame)
        break
      case "bye":
        if (FINAL.has(frame.error.code)) {
          this.#stopped = true
          this.#set({ kind: "closed", error: frame.error })
        }
        break
    }
  }

  #lost(): void {
    clearTimeout(this.#watch)
    // The time that an attempt hung was a pause already.
    const hung = this.#welcomed ? 0 : Date.now() - this.#triedAt
    this.#welcomed = false
    for (const pending of this.#pending.values()) {
      pending.reject(new Refused({ code: "offline", message: "connection lost" }))
    }
    this.#pending.clear()
    if (this.#stopped) return
    const jitter = 0.75 + Math.random() / 2
    const pause = Math.max(250, Math.min(LONGEST_PAUSE_MS, 250 * 2 ** this.#attempt++) - hung) * jitter
    this.#set({ kind: "offline", retryAt: Date.now() + pause })
    this.#timer = setTimeout(() => this.#connect(), pause)
  }
}
