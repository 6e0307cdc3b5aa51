import type { CallbackInfo, CallbackPage } from "../contract/messages"
import { Store } from "../data/store"

export interface Found {
  /** Null until the first page is there. */
  readonly rows: readonly CallbackInfo[] | null
  /** Cursor of what was not loaded yet. */
  readonly next: string | null
  readonly failed: boolean
  /** A further page is on its way. */
  readonly more: boolean
}

type Ask = (after: string | null) => Promise<CallbackPage>

/** The rows of one filter, asked for now and then as far as they were loaded. */
export class Rows {
  readonly store: Store<Found>
  #ask: Ask
  #pages = 1
  /** Counts the times that all rows were replaced. */
  #turn = 0
  #asking = false
  #again = false
  #stopped = false

  /** `before` stays in sight until the first answer. */
  constructor(ask: Ask, before: readonly CallbackInfo[] | null = null) {
    this.#ask = ask
    this.store = new Store<Found>({ rows: before, next: null, failed: false, more: false })
  }

  stop(): void {
    this.#stopped = true
  }

  /** Asked while it is asking, it asks once more: what was changed meanwhile is in the answer. */
  async refresh(): Promise<void> {
    this.#again = true
    if (this.#asking) return
    this.#asking = true
    while (this.#again && !this.#stopped) {
      this.#again = false
      await this.#all()
    }
    this.#asking = false
  }

  async #all(): Promise<void> {
    try {
      const rows: CallbackInfo[] = []
      let next: string | null = null
      let page = 0
      do {
        const answer: CallbackPage = await this.#ask(next)
        rows.push(...answer.rows)
        next = answer.next
        page++
      } while (next !== null && page < this.#pages)
      if (this.#stopped) return
      this.#turn++
      this.store.patch({ rows: once(rows), next, failed: false })
    } catch {
      if (!this.#stopped) this.store.patch({ failed: true })
    }
  }

  async more(): Promise<void> {
    const { next, more } = this.store.get()
    if (more || next === null) return
    this.store.patch({ more: true })
    const turn = this.#turn
    this.#pages++
    try {
      const page = await this.#ask(next)
      // Replaced meanwhile, and the further page with them.
      if (this.#stopped || turn !== this.#turn) return
      const { rows } = this.store.get()
      this.store.patch({ rows: once([...(rows ?? []), ...page.rows]), next: page.next, failed: false })
    } catch {
      this.#pages--
      if (!this.#stopped) this.store.patch({ failed: true })
    } finally {
      this.store.patch({ more: false })
    }
  }
}

/** A row that moved between two pages is there once. */
function once(rows: readonly CallbackInfo[]): CallbackInfo[] {
  return [...new Map(rows.map((one) => [one.id, one])).values()]
}
