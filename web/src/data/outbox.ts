import type { ClientBody, Line } from "../contract/messages"
import { Refused } from "../wire/control"
import { Store } from "./store"

export interface Outgoing {
  readonly key: string
  readonly session: string
  readonly text: string
  readonly audience: "everyone" | "staff"
  /** Code of the refusal; null while it is on its way. */
  readonly refused: string | null
}

/** Messages on their way. After a lost line they go again under the same key, so that none is there twice. */
export class Outbox {
  readonly store = new Store<readonly Outgoing[]>([])
  #send: (body: ClientBody, session: string) => Promise<void>

  constructor(send: (body: ClientBody, session: string) => Promise<void>) {
    this.#send = send
  }

  post(session: string, text: string, audience: "everyone" | "staff"): void {
    const message: Outgoing = { key: newKey(), session, text, audience, refused: null }
    this.store.set((old) => [...old, message])
    void this.#try(message)
  }

  /** Everything that the loss of the line held up. */
  again(): void {
    for (const message of this.store.get()) if (message.refused === null) void this.#try(message)
  }

  /** A line's id ends in its sender's own key: the message gives way to it in one step, whichever comes first, the
   * line or the answer. */
  arrived(lines: readonly Line[]): void {
    const left = this.store.get().filter((one) => !lines.some((line) => line.id.endsWith(`-${one.key}`)))
    if (left.length < this.store.get().length) this.store.set(left)
  }

  drop(key: string): void {
    this.store.set((old) => old.filter((one) => one.key !== key))
  }

  async #try({ key, session, text, audience }: Outgoing): Promise<void> {
    try {
      await this.#send({ type: "chat.post", key, text, audience }, session)
      this.drop(key)
    } catch (cause) {
      const code = cause instanceof Refused ? cause.code : "server_error"
      if (code === "offline") return
      this.store.set((old) => old.map((one) => (one.key === key ? { ...one, refused: code } : one)))
    }
  }
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
