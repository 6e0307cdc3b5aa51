import { Refused } from "./control"
import type { TokenStore } from "./tokens"

/**
 * `asked`: what it does is being said. `sending`: confirmed, and said again with each connection until the server has
 * it. `failed`: the server did not take it, for the reason in `code`.
 */
export type ReportState = "none" | "asked" | "sending" | "failed" | "told"

/** The customer's word that something is not right. Once confirmed it outlives the page. */
export class Report {
  state: ReportState = "none"
  /** As typed. */
  reason = ""
  code = ""
  #store: TokenStore
  #send: (reason: string) => Promise<void>
  #changed: () => void

  constructor(store: TokenStore, send: (reason: string) => Promise<void>, changed: () => void) {
    this.#store = store
    this.#send = send
    this.#changed = changed
    const kept = store.value?.report
    if (!kept) return
    this.reason = kept.reason
    this.state = kept.told ? "told" : "sending"
  }

  /** There is something to be confirmed or given up. */
  get open(): boolean {
    return this.state === "asked" || this.state === "failed"
  }

  /** There is no way back. */
  get sent(): boolean {
    return this.state === "sending" || this.state === "told"
  }

  ask(): void {
    this.#set("asked")
  }

  cancel(): void {
    this.#set("none")
  }

  async tell(): Promise<void> {
    this.#set("sending")
    try {
      await this.#send(this.reason)
      this.#set("told")
    } catch (error) {
      this.code = error instanceof Refused ? error.code : "server_error"
      if (this.code !== "offline") this.#set("failed")
    }
  }

  #set(state: ReportState): void {
    this.state = state
    this.#store.change({ report: this.sent ? { reason: this.reason, told: state === "told" } : null })
    this.#changed()
  }
}
