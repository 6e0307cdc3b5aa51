import { mark } from "../wire/ids"

/** What tabs of a site say to each other. The channel reaches pages of the same origin only. */
type Word =
  | { type: "ask"; from: string }
  | { type: "have"; from: string; to: string }
  | { type: "want"; from: string; to: string }
  | { type: "link"; to: string; token: string }
  | { type: "here" }
  | { type: "stop" }

export interface TabsOptions {
  site: string
  /** This tab takes part in a session that is not over. */
  has(): boolean
  /** A link for one more endpoint of the same person, good once. */
  link(): Promise<string>
  join(token: string): void
  /** Stop was pressed in another tab. */
  stop(): void
}

const PATIENCE_MS = 5000

/** The tabs of a site in one browser: who has a session lets those in that have none. */
export class Tabs {
  #options: TabsOptions
  #id = mark()
  #channel: BroadcastChannel | null = null
  /** Whose link is waited for. */
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
      case "link":
        clearTimeout(this.#timer)
        if (!has() && this.#asked !== null && typeof word.token === "string") this.#options.join(word.token)
        this.#asked = null
        break
      case "here":
        if (!has()) this.ask()
        break
      case "stop":
        this.#options.stop()
        break
    }
  }

  async #give(to: string): Promise<void> {
    try {
      this.#say({ type: "link", to, token: await this.#options.link() })
    } catch {
      // Whoever asked tries again.
    }
  }
}
