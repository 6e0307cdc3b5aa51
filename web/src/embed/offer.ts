import type { SiteInfo } from "../contract/messages"
import { Refused } from "../wire/control"
import type { Api } from "../wire/http"
import { atOpening } from "./closed"
import type { EmbedConfig } from "./config"
import { type Mistake, queryOf } from "./wishes"

/** Not the last word about a site: a server that starts anew, a network that is away. */
const PASSING = new Set(["offline", "server_error", "throttled"])
const AGAIN_MS = 10_000

interface Asker {
  readonly api: Api
  readonly config: EmbedConfig
  readonly gone: AbortSignal
  mistaken(mistake: Mistake): void
}

/** What the site offers, where this page's customers would wait. */
export class Offer {
  site: SiteInfo | null = null
  #panel: Asker
  #changed: (first: boolean) => void
  #retry: ReturnType<typeof setTimeout> | undefined

  /** `changed`: it is known, `first` for the first time, or could not be had. */
  constructor(panel: Asker, changed: (first: boolean) => void) {
    this.#panel = panel
    this.#changed = changed
  }

  /** Of the site's routes. */
  path(end = "", query = ""): string {
    return `/sites/${encodeURIComponent(this.#panel.config.site)}${end}${query}`
  }

  get #address(): string {
    return this.path("", queryOf(this.#panel.config))
  }

  async load(): Promise<void> {
    const { gone } = this.#panel
    if (gone.aborted) return
    const address = this.#address
    let first = false
    try {
      const site = await this.#panel.api.get<SiteInfo>(address, gone)
      // The page has asked for something else meanwhile.
      if (gone.aborted || address !== this.#address) return
      first = this.site === null
      this.site = site
      this.#later(atOpening(site, () => void this.load()))
      for (const mistake of site.ignored ?? []) this.#panel.mistaken(mistake)
    } catch (error) {
      if (gone.aborted) return
      // Unknown site or foreign page: no button at all is better than one that cannot help.
      const code = error instanceof Refused ? error.code : "server_error"
      if (PASSING.has(code)) this.#later(setTimeout(() => void this.load(), AGAIN_MS))
      else console.warn(`Deskside: ${code}`)
    }
    this.#changed(first)
  }

  close(): void {
    clearTimeout(this.#retry)
  }

  #later(timer: ReturnType<typeof setTimeout> | undefined): void {
    clearTimeout(this.#retry)
    this.#retry = timer
  }
}
