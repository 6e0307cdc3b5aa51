import type { EndpointTicket } from "../contract/messages"
import { mark } from "../wire/ids"

/** What tabs of a site say to each other. The channel reaches pages of the same origin only. */
type Word =
  | { type: "ask"; from: string }
  | { type: "have"; from: string; to: string }
  | { type: "want"; from: string; to: string }
  | { type: "part"; to: string; ticket: EndpointTicket }
  | { type: "here" }
  | { type: "stop" }
  | { type: "pause"; paused: boolean }

export interface TabsOptions {
  site: string
  /** This tab takes part in a session that is not over. */
  has(): boolean
  /** One more endpoint of the same person. */
  part(): Promise<EndpointTicket>
  join(ticket: EndpointTicket): void
  /** Stop was pressed in another tab. */
  stop(): void
  /** The page in another tab wants nobody to see the site's tabs, or no longer so. */
  pause(paused: boolean): void
}

const PATIENCE_MS = 5000

/** The tabs of a site in one browser: who has a session lets those in that have none. */
export class Tabs {
  #options: TabsOptions
  #id = mark()
  #channel: BroadcastChannel | null = null
  /** Whose ticket is waited for. */
  #asked: string | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: TabsOptions) {
    this.#options = options
    try {
      this.#channel = new BroadcastChannel(`deskside:${options.site}`)
      this.#channel.onmessage = ({ data }) => this.#hear(data as Word)
    } catch {
      // This tab is alone then.
    }
  }

  /** Is there a session in another tab? Then `join` follows. */
  ask(): void {
    this.#asked = null
    this.#say({ type: "ask", from: this.#id })
  }

  /** This tab has one now. */
  here(): void {
    this.#say({ type: "here" })
  }

  stopped(): void {
    this.#say({ type: "stop" })
  }

  paused(paused: boolean): void {
    this.#say({ type: "pause", paused })
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#channel?.close()
    this.#channel = null
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word)
  }

  #hear(word: Word): void {
    if (typeof word !== "object" || word === null) return
    if ("to" in word && word.to !== this.#id) return
    const { has } = this.#options
    switch (word.type) {
      case "ask":
        if (has()) this.#say({ type: "have", from: this.#id, to: word.from })
        break
      case "have":
        if (has() || this.#asked !== null) break
        this.#asked = word.from
        this.#say({ type: "want", from: this.#id, to: word.from })
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => this.ask(), PATIENCE_MS)
        break
      case "want":
        if (has()) void this.#give(word.from)
        break
      case "part":
        clearTimeout(this.#timer)
        if (!has() && this.#asked !== null && isTicket(word.ticket)) this.#options.join(word.ticket)
        this.#asked = null
        break
      case "here":
        if (!has()) this.ask()
        break
      case "stop":
        this.#options.stop()
        break
      case "pause":
        this.#options.pause(word.paused === true)
        break
    }
  }

  async #give(to: string): Promise<void> {
    try {
      this.#say({ type: "part", to, ticket: await this.#options.part() })
    } catch {
      // Whoever asked tries again.
    }
  }
}

function isTicket(ticket: unknown): ticket is EndpointTicket {
  const { session, reference, token } = (ticket ?? {}) as Partial<EndpointTicket>
  return [session, reference, token].every((part) => typeof part === "string")
}

const COPY_MS = 300
/** By this page, until it is left. */
const held = new Set<string>()

/**
 * Takes the tab's mark for this page, for as long as it lives; false when another living tab has it. Where the browser
 * cannot say, the mark is ours.
 */
export function hold(name: string): Promise<boolean> {
  if (held.has(name)) return Promise.resolve(true)
  const answers = (): void => {
    const channel = new BroadcastChannel(`deskside-mark:${name}`)
    channel.onmessage = ({ data }) => {
      if (data === "?") channel.postMessage("!")
    }
  }
  return new Promise((resolve) => {
    navigator.locks
      .request(`deskside:${name}`, { ifAvailable: true }, async (lock) => {
        // A page that is being left may hold it a moment longer: only one that answers is there.
        if (lock === null && (await isThere(name))) {
          resolve(false)
          return
        }
        held.add(name)
        answers()
        resolve(true)
        if (lock !== null) await new Promise(() => {})
      })
      .catch(() => resolve(true))
  })
}

function isThere(name: string): Promise<boolean> {
  const channel = new BroadcastChannel(`deskside-mark:${name}`)
  return new Promise<boolean>((resolve) => {
    channel.onmessage = ({ data }) => data === "!" && resolve(true)
    setTimeout(() => resolve(false), COPY_MS)
    channel.postMessage("?")
  }).finally(() => channel.close())
}
