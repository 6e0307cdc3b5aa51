import type { AssetUrls } from "./tree"

/** Bytes kept in memory; more are not taken. */
const LIMIT = 256 * 1024 * 1024
const TYPE = /^(?:image\/[a-z0-9.+-]+|font\/[a-z0-9.+-]+|application\/(?:x-)?font-[a-z0-9.+-]+)$/

/** Assets by their hash: asked for once of the page around the view, given to the page as `blob:` addresses. */
export class Assets implements AssetUrls {
  readonly #want: (hashes: string[]) => void
  readonly #fresh: (hashes: ReadonlySet<string>) => void
  readonly #there = new Map<string, string>()
  readonly #wanted = new Set<string>()
  #asking: string[] = []
  #came = new Set<string>()
  #size = 0

  /** `want`: ask for these. `fresh`: they have addresses now. Both are told of several at once. */
  constructor(want: (hashes: string[]) => void, fresh: (hashes: ReadonlySet<string>) => void) {
    this.#want = want
    this.#fresh = fresh
  }

  url(hash: string): string | null {
    const found = this.#there.get(hash)
    if (found) return found
    if (!this.#wanted.has(hash)) {
      this.#wanted.add(hash)
      if (this.#asking.push(hash) === 1) {
        queueMicrotask(() => {
          const hashes = this.#asking
          this.#asking = []
          this.#want(hashes)
        })
      }
    }
    return null
  }

  /** Bytes of what was asked for; null: it cannot be had. What nobody asked for is not kept. */
  came(hash: string, mime: string, data: ArrayBuffer | null): void {
    if (!this.#wanted.has(hash) || this.#there.has(hash) || data === null || !TYPE.test(mime)) return
    if (this.#size + data.byteLength > LIMIT) return
    this.#size += data.byteLength
    this.#there.set(hash, URL.createObjectURL(new Blob([data], { type: mime })))
    this.#came.add(hash)
    if (this.#came.size > 1) return
    // Pictures come in crowds: a sheet that names ten of them is set once.
    setTimeout(() => {
      const came = this.#came
      this.#came = new Set()
      this.#fresh(came)
    }, 20)
  }

  /** Nothing of it is shown any more. */
  clear(): void {
    for (const url of this.#there.values()) URL.revokeObjectURL(url)
    this.#there.clear()
    this.#wanted.clear()
    this.#came.clear()
    this.#asking = []
    this.#size = 0
  }
}
