/** What a page keeps of its part in a session, so that a reload or the next page of the site comes back into it. */
export interface Kept {
  session: string
  reference: string
  /** Shown in the next Hello. */
  resume: string
  access: string | null
  /** Path of a session window that was not opened yet, and when it was made (ms since the epoch). */
  window?: { path: string; at: number } | null
  /** Messages that the server has not confirmed, with the marks they are sent under. */
  unsent?: { key: string; text: string; at: number }[]
  /** Begun in the chat and not sent. */
  typed?: string
  /** What was said of the session, that it is not right, and whether the server has it. */
  report?: { reason: string; told: boolean } | null
  /** Of the tab that it belongs to: a tab that was opened by another begins with a copy of all this. */
  mark?: string
  /** What only this page needs again. */
  extra?: Record<string, unknown>
}

/** Lives as long as the tab. Where the browser forbids storage, as long as the page. */
export class TokenStore {
  #key: string
  #value: Kept | null = null

  constructor(key: string) {
    this.#key = `deskside:${key}`
    try {
      const text = sessionStorage.getItem(this.#key)
      const found = text ? (JSON.parse(text) as Kept) : null
      if (found && typeof found.resume === "string" && typeof found.session === "string") this.#value = found
    } catch {
      // Forbidden or damaged: begin without.
    }
  }

  get value(): Kept | null {
    return this.#value
  }

  put(value: Kept | null): void {
    this.#value = value
    try {
      if (value) sessionStorage.setItem(this.#key, JSON.stringify(value))
      else sessionStorage.removeItem(this.#key)
    } catch {
      // Kept in memory.
    }
  }

  change(part: Partial<Kept>): void {
    if (this.#value) this.put({ ...this.#value, ...part })
  }
}
