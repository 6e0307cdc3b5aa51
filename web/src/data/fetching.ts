import { Refused } from "../wire/control"
import { errorOf } from "../wire/http"
import { contentUrl } from "./files"

const CHUNK = 16 * 1024 * 1024
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]

/** One file of a session on its way to the browser, in parts: a break costs one of them, and a pause none. */
export class Fetching {
  readonly #file: string
  readonly #told: (got: number, size: number) => void
  readonly #pause: (ms: number) => Promise<void>
  /** Bytes of a part; the browser keeps large ones on the disk. */
  readonly #chunk: number
  #parts: Blob[] = []
  #got = 0
  #abort = new AbortController()

  constructor(
    file: string,
    told: (got: number, size: number) => void,
    pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
    chunk = CHUNK,
  ) {
    this.#chunk = chunk
    this.#file = file
    this.#told = told
    this.#pause = pause
  }

  /** All of it; null when it was stopped meanwhile, and another call goes on. Rejects with `Refused`. */
  async run(): Promise<Blob | null> {
    const { signal } = this.#abort
    for (let breaks = 0; ; ) {
      try {
        const size = await this.#next(signal)
        this.#told(this.#got, size)
        breaks = 0
        if (this.#got >= size) return new Blob(this.#parts, { type: "application/octet-stream" })
      } catch (cause) {
        if (signal.aborted) return null
        const wait = PAUSES_MS[breaks++]
        if (wait === undefined || (cause instanceof Refused && cause.code !== "offline")) throw cause
        await this.#pause(wait)
        if (signal.aborted) return null
      }
    }
  }

  stop(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
  }

  /** One part; returns the size of the whole. */
  async #next(signal: AbortSignal): Promise<number> {
    const headers = { Range: `bytes=${this.#got}-${this.#got + this.#chunk - 1}` }
    const response = await fetch(contentUrl(this.#file), { signal, headers, credentials: "same-origin" })
    // Of a file without bytes there is no part.
    if (response.status === 416 && this.#got === 0) return 0
    if (!response.ok) throw new Refused(errorOf(response.status, await response.text().catch(() => "")))
    const part = await response.blob()
    if (response.status === 200) [this.#parts, this.#got] = [[], 0]
    this.#parts.push(part)
    this.#got += part.size
    return Number(/\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1] ?? this.#got)
  }
}

/** Hand bytes to the browser's downloads; they are never opened in a page. */
export function save(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes)
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
