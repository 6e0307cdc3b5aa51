import type { Host } from "./parts"

/** Of an address that the server fetched. */
export interface Fetched {
  hash: string
  /** Of a stylesheet. */
  text: string | null
}

/** Where pictures and fonts are kept by their hash. */
export interface Depot {
  /** Resolves when it is kept; rejects when it is not to be had or taken. */
  put(hash: string, content: Blob): Promise<void>
  /** Of what the page may not read; null: the server cannot, or may not. */
  ask(url: string): Promise<Fetched | null>
  close(): void
}

const GATHER_MS = 30
const MOST_ASKED = 50
const TRIES = 3
const AGAIN_MS = 1500

type Answer<T> = { resolve: (value: T) => void; reject: (reason: unknown) => void }

/** Gathers single questions to one request. */
class Gather<T> {
  #waiting = new Map<string, Answer<T>[]>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #ask: (keys: string[]) => Promise<Map<string, T>>

  constructor(ask: (keys: string[]) => Promise<Map<string, T>>) {
    this.#ask = ask
  }

  get(key: string): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), { resolve, reject }])
      if (this.#waiting.size >= MOST_ASKED) this.#go()
      else this.#timer ??= setTimeout(() => this.#go(), GATHER_MS)
    })
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #go(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = this.#waiting
    this.#waiting = new Map()
    this.#ask([...waiting.keys()]).then(
      (answers) => {
        for (const [key, those] of waiting) {
          const answer = answers.get(key)
          for (const one of those) answer === undefined ? one.reject(new Error("no answer")) : one.resolve(answer)
        }
      },
      (error) => {
        for (const those of waiting.values()) for (const one of those) one.reject(error)
      },
    )
  }
}

/** On the server. */
export class ServerDepot implements Depot {
  #host: Pick<Host, "base" | "access">
  #ending = new AbortController()
  #known = new Gather<boolean>(async (hashes) => {
    const { known } = (await this.#post("/known", { hashes })) as { known: string[] }
    return new Map(hashes.map((hash) => [hash, known.includes(hash)]))
  })
  #asked = new Gather<Fetched | null>(async (urls) => {
    type One = { url: string; hash: string | null; text?: string | null }
    const { assets } = (await this.#post("", { urls })) as { assets: One[] }
    // Where several have the same text, it comes with the first.
    const texts = new Map<string | null, string>()
    for (const { hash, text } of assets) if (typeof text === "string") texts.set(hash, text)
    return new Map(assets.map(({ url, hash }) => [url, hash === null ? null : { hash, text: texts.get(hash) ?? null }]))
  })

  constructor(host: Pick<Host, "base" | "access">) {
    this.#host = host
  }

  async put(hash: string, content: Blob): Promise<void> {
    if (await this.#known.get(hash)) return
    await this.#call("PUT", `/${hash}`, content, content.type)
  }

  ask(url: string): Promise<Fetched | null> {
    return this.#asked.get(url)
  }

  close(): void {
    this.#ending.abort()
    this.#known.close()
    this.#asked.close()
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    return (await this.#call("POST", path, JSON.stringify(body), "application/json")).json()
  }

  /** Rejects when the server refuses, or could not be reached. */
  async #call(method: string, path: string, body: BodyInit, type: string): Promise<Response> {
    for (let turn = 1; ; turn++) {
      const response = await fetch(`${this.#host.base}/api/v1/page/assets${path}`, {
        method,
        body,
        headers: { Authorization: `Bearer ${this.#host.access()}`, "Content-Type": type },
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: this.#ending.signal,
      }).catch(() => null)
      if (response?.ok) return response
      const passing = response === null || response.status === 429 || response.status >= 500
      if (!passing || turn === TRIES || this.#ending.signal.aborted) throw new Error(`assets: ${response?.status}`)
      await new Promise((done) => setTimeout(done, AGAIN_MS * turn))
    }
  }
}
