import type { ClientBody, Line } from "../contract/messages"
import { Refused } from "../wire/control"
import { remember, remembered } from "./memory"
import { Store } from "./store"

export interface Outgoing {
  readonly key: string
  readonly session: string
  readonly text: string
  readonly audience: "everyone" | "staff"
  /** Code of the refusal; null while it is on its way. */
  readonly refused: string | null
}

/** As many outlive a reload; more than a person writes without a line. */
const MOST_KEPT = 100

/** Messages on their way. After a lost line they go again under the same key, so that none is there twice.
 * They outlive a reload, each person's for that person alone; signing out forgets them with the rest of the tab. */
export class Outbox {
  readonly store: Store<readonly Outgoing[]>
  #send: (body: ClientBody, session: string) => Promise<void>

  constructor(send: (body: ClientBody, session: string) => Promise<void>, user: string) {
    this.#send = send
    this.store = new Store(kept(user))
    this.store.subscribe(() => remember(place(user), this.store.get().slice(-MOST_KEPT)))
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

  /** What was for other sessions than these can never be sent; answers how many that are. */
  keepOnly(sessions: ReadonlySet<string>): number {
    const all = this.store.get()
    const left = all.filter((one) => sessions.has(one.session))
    if (left.length < all.length) this.store.set(left)
    return all.length - left.length
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

const place = (user: string) => `outbox.${user}`

function kept(user: string): readonly Outgoing[] {
  const found: unknown = remembered(place(user))
  return Array.isArray(found) ? found.filter(isOutgoing).slice(-MOST_KEPT) : []
}

function isOutgoing(one: unknown): one is Outgoing {
  if (typeof one !== "object" || one === null) return false
  const { key, session, text, audience, refused } = one as Record<string, unknown>
  const texts = [key, session, text].every((part) => typeof part === "string" && part !== "")
  return texts && (audience === "everyone" || audience === "staff") && (refused === null || typeof refused === "string")
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
