import { ASSET } from "../page/format"
import { conditioned, rewrite } from "./css"
import type { Depot } from "./depot"
import { decoded, hex, kept, SIZES, whole } from "./media"
import type { Assets } from "./parts"

type Kind = Parameters<Assets["get"]>[1]
type Later<T> = (value: T) => void

/** Of one page's life. */
const MOST_ASSETS = 3000
const MOST_BYTES = 200 * 1024 * 1024
const MOST_SHEETS = 200
const AT_ONCE = 6
/** Stylesheets in stylesheets in … */
const MOST_DEEP = 5
const BETTER_MS = 100
/** As long a picture stays in the CSS in which it is. */
const MOST_INLINE = 32 * 1024

/** What is not known yet, and who wants to know. */
class Found<T> {
  value: T | undefined
  #later: Later<T>[] = []

  when(later: Later<T>): void {
    if (this.value === undefined) this.#later.push(later)
    else queueMicrotask(() => later(this.value as T))
  }

  set(value: T): void {
    this.value = value
    for (const later of this.#later) later(value)
    this.#later = []
  }
}

/** Pictures, fonts and stylesheets of the page: each address is looked at once in the page's life. */
export class PageAssets implements Assets {
  #depot: Depot
  #found = new Map<string, Found<string | null>>()
  #sheets = new Map<string, Found<string | null>>()
  #queue: (() => Promise<void>)[] = []
  #running = 0
  #bytes = 0
  #over = false
  #ending = new AbortController()

  constructor(depot: Depot) {
    this.#depot = depot
  }

  get(url: string, kind: Kind, later: Later<string | null>): string | null {
    const full = absolute(url, document.baseURI)
    if (full === null || kind === "media" || kind === "style") {
      queueMicrotask(() => later(null))
      return null
    }
    const found = this.#address(full, kind)
    if (found.value) return found.value
    found.when((address) => this.#over || later(address))
    return null
  }

  css(text: string, base: string, later: Later<string>): string {
    const missing = new Set<Found<string | null>>()
    const draw = () =>
      this.#draw(text, base, 0, (found) => {
        if (missing.has(found)) return
        missing.add(found)
        found.when(better)
      })
    let last = ""
    let waits = false
    const better = () => {
      if (waits) return
      waits = true
      setTimeout(() => {
        waits = false
        if (this.#over) return
        const now = draw()
        if (now !== last) later(now)
        last = now
      }, BETTER_MS)
    }
    last = draw()
    return last
  }

  sheet(url: string): Promise<string | null> {
    const full = absolute(url, document.baseURI)
    if (full === null) return Promise.resolve(null)
    return new Promise((resolve) => this.#sheet(full).when(resolve))
  }

  async put(picture: Blob): Promise<string | null> {
    try {
      return await this.#keep(await kept(picture, "image"))
    } catch {
      return null
    }
  }

  close(): void {
    this.#over = true
    this.#queue = []
    this.#ending.abort()
    this.#depot.close()
  }

  // --- one address ---

  #address(full: string, kind: "image" | "font" | "any"): Found<string | null> {
    let found = this.#found.get(full)
    if (found) return found
    found = new Found()
    this.#found.set(full, found)
    if (this.#found.size > MOST_ASSETS) found.set(null)
    else
      this.#run(
        () => this.#load(full, kind),
        found,
        (hash) => ASSET + hash,
      )
    return found
  }

  #sheet(full: string): Found<string | null> {
    let found = this.#sheets.get(full)
    if (found) return found
    found = new Found()
    this.#sheets.set(full, found)
    if (this.#sheets.size > MOST_SHEETS) found.set(null)
    else
      this.#run(
        () => this.#text(full),
        found,
        (text) => text,
      )
    return found
  }

  #run(get: () => Promise<string | null>, found: Found<string | null>, as: (got: string) => string): void {
    this.#queue.push(async () => {
      const got = await get().catch(() => null)
      found.set(got === null ? null : as(got))
    })
    this.#next()
  }

  #next(): void {
    if (this.#running >= AT_ONCE) return
    const job = this.#queue.shift()
    if (!job) return
    this.#running++
    void job().finally(() => {
      this.#running--
      this.#next()
    })
  }

  /** The hash under which it is kept. */
  async #load(full: string, kind: "image" | "font" | "any"): Promise<string | null> {
    let content: Blob | null
    if (full.startsWith("data:")) content = decoded(full)
    else content = await this.#read(full, SIZES[kind])
    if (content === null && full.startsWith("blob:")) content = await whole(full)
    if (content !== null) return this.#keep(await kept(content, kind))
    if (!full.startsWith("http")) return null
    return (await this.#depot.ask(withoutQuery(full)))?.hash ?? null
  }

  async #text(full: string): Promise<string | null> {
    const content = await this.#read(full, SIZES.style)
    if (content) return /^text\/css|^$/.test(content.type) ? content.text() : null
    return (await this.#depot.ask(withoutQuery(full)))?.text ?? null
  }

  /** What the page may read by itself; null when it may not. Rejects what is too large. */
  async #read(full: string, most: number): Promise<Blob | null> {
    const init: RequestInit = { credentials: "same-origin", cache: "force-cache", signal: this.#ending.signal }
    const response = await fetch(full, init).catch(() => null)
    if (!response?.ok) return null
    if (Number(response.headers.get("Content-Length") ?? 0) > most) throw new RangeError("too large")
    const content = await response.blob()
    if (content.size > most) throw new RangeError("too large")
    return content
  }

  async #keep(content: Blob): Promise<string> {
    this.#bytes += content.size
    if (this.#bytes > MOST_BYTES) throw new RangeError("too much")
    const hash = hex(await crypto.subtle.digest("SHA-256", await content.arrayBuffer()))
    await this.#depot.put(hash, content)
    return hash
  }

  // --- stylesheets ---

  /** As good as it can be now; what is missing is told. */
  #draw(text: string, base: string, depth: number, missing: (found: Found<string | null>) => void): string {
    const have = (found: Found<string | null>) => {
      if (found.value === undefined) missing(found)
      return found.value ?? null
    }
    return rewrite(text, {
      url: (url) => {
        if (url.startsWith("#")) return url
        const full = absolute(url, base)
        if (full === null) return ""
        if (/^data:(image|font|application\/(x-)?font)/i.test(full) && full.length <= MOST_INLINE) return full
        return have(this.#address(full, "any")) ?? ""
      },
      imported: (url, conditions) => {
        const full = depth < MOST_DEEP ? absolute(url, base) : null
        const inner = full === null ? null : have(this.#sheet(full))
        return inner === null ? "" : conditioned(this.#draw(inner, full as string, depth + 1, missing), conditions)
      },
    })
  }
}

function absolute(url: string, base: string): string | null {
  try {
    const full = new URL(url, base)
    if (!/^(https?|data|blob):$/.test(full.protocol)) return null
    if (full.protocol !== "data:") full.hash = ""
    return full.href
  } catch {
    return null
  }
}

const PLAIN = /^(v|ver|version|rev|w|h|width|height|s|size|q|quality|dpr|fit|fm|format)$/i
const PLAIN_VALUE = /^([\d.]{1,10}|webp|avif|png|jpe?g|auto|crop|cover|contain|clip|max|min)$/i

/** What the server is told: no part of a query but sizes and versions, which tell of nobody. */
function withoutQuery(full: string): string {
  const url = new URL(full)
  for (const [name, value] of [...url.searchParams]) {
    if (!PLAIN.test(name) || !PLAIN_VALUE.test(value)) url.searchParams.delete(name)
  }
  url.username = url.password = ""
  return url.href
}
