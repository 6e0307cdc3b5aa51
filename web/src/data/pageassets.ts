/** Pictures, fonts and styles of the customer's page, for a view that reaches nothing itself. The browser caches them. */
export interface Asset {
  mime: string
  data: ArrayBuffer
}

/** What is here already, by its hash. */
export type Kept = (hash: string) => Asset | null

const AT_ONCE = 6
/** More are not waited for at a time; who wants more asks again. */
const MOST_WAITING = 4000
const PAUSES_MS = [500, 2000, 5000]

export class PageAssets {
  readonly #find: (hash: string, signal: AbortSignal) => Promise<Asset | null>
  readonly #came: (hash: string, asset: Asset | null) => void
  #wanted: string[] = []
  #known = new Set<string>()
  #running = 0
  #abort = new AbortController()

  /** `from`: the session whose page it is, or what is kept of it here. `came` is called once for each hash that is
   * wanted; null: it cannot be had. */
  constructor(from: string | Kept, came: (hash: string, asset: Asset | null) => void) {
    this.#find = typeof from === "string" ? (...what) => fetched(from, ...what) : async (hash) => from(hash)
    this.#came = came
  }

  want(hashes: readonly string[]): void {
    for (const hash of hashes) {
      if (this.#known.has(hash) || this.#known.size >= MOST_WAITING) continue
      this.#known.add(hash)
      this.#wanted.push(hash)
    }
    while (this.#running < AT_ONCE && this.#wanted.length > 0) void this.#next()
  }

  /** Nothing that was wanted comes any more. */
  clear(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.#wanted = []
    this.#known.clear()
  }

  async #next(): Promise<void> {
    const hash = this.#wanted.shift()
    if (hash === undefined) return
    const { signal } = this.#abort
    this.#running++
    const asset = await this.#find(hash, signal).catch(() => null)
    this.#running--
    if (!signal.aborted) {
      this.#known.delete(hash)
      this.#came(hash, asset)
    }
    void this.#next()
  }
}

/** A server that is away for a moment is asked again; what it does not have is not there. */
async function fetched(session: string, hash: string, signal: AbortSignal): Promise<Asset | null> {
  const url = `/api/v1/sessions/${encodeURIComponent(session)}/page/assets/${hash}`
  for (const pause of [...PAUSES_MS, null]) {
    const answer = await fetch(url, { signal, credentials: "same-origin" }).catch(() => null)
    if (answer?.ok) {
      return { mime: answer.headers.get("content-type") ?? "", data: await answer.arrayBuffer() }
    }
    const passing = answer === null || answer.status === 429 || answer.status >= 500
    if (signal.aborted || !passing || pause === null) return null
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return null
}
