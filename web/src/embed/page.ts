import type { Capture, Host, Rules } from "../capture/parts"
import type { PageRules, ServerBody, SiteInfo } from "../contract/messages"
import { t } from "../ui/text"
import type { Visit } from "../wire/visit"
import type { EmbedConfig } from "./config"
import { CAPTURE, captureScript } from "./loading"

const AGAIN_MS = 5000

export interface PageOptions {
  config: EmbedConfig
  panel: Element
  visit(): Visit | null
  site(): SiteInfo | null
  access(): string | null
  notify(detail: { state: "shown" | "hidden" | "alarm" }): void
}

/** Rules of the site, with what the page itself wants masked besides. */
export function rulesOf(rules: PageRules | null | undefined, own: readonly string[]): Rules {
  const { unmask = [], mask = [], risky = [], origins = [] } = rules ?? {}
  return { unmask, mask: [...mask, ...own], risky, origins }
}

const PAUSED = "deskside:paused"

/** A pause lasts over reloads and on the next pages of the tab, until the page says otherwise. */
export function keepPause(paused: boolean): void {
  try {
    if (paused) sessionStorage.setItem(PAUSED, "1")
    else sessionStorage.removeItem(PAUSED)
  } catch {
    // Forbidden: this page knows it, and the server.
  }
}

function keptPause(): true | null {
  try {
    return sessionStorage.getItem(PAUSED) === null ? null : true
  } catch {
    return null
  }
}

/** This page as staff may see it: gets the script for it when there is a session, and tells it what is allowed. */
export class PageShow {
  /** Somebody sees this tab at this moment. */
  shown = false
  #options: PageOptions
  #capture: Capture | null = null
  #session = ""
  #begun = false
  /** Null: nothing was said of it here. */
  #paused: boolean | null = keptPause()
  #masks: string[] = []
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(options: PageOptions) {
    this.#options = options
  }

  /** Something changed: what is not allowed any more ends in this very call. */
  changed(): void {
    const visit = this.#options.visit()
    const state = visit?.view?.session.state
    const wanted = this.#rules !== null && visit !== null && !visit.refusal && (state === "waiting" || state === "live")
    if (!wanted || visit.session !== this.#session) this.close()
    if (wanted) this.#begin(visit)
    this.#capture?.changed()
  }

  heard(body: ServerBody): void {
    this.#capture?.heard(body)
  }

  pause(paused: boolean): void {
    this.#paused = paused
    keepPause(paused)
    this.#capture?.pause(paused)
  }

  /** Throws `SyntaxError` for what is no selector. */
  mask(selector: string): void {
    document.createDocumentFragment().querySelector(selector)
    if (this.#masks.includes(selector)) return
    this.#masks.push(selector)
    this.#capture?.changed()
  }

  close(): void {
    clearTimeout(this.#again)
    this.#capture?.close()
    this.#capture = null
    this.#begun = false
    this.#session = ""
  }

  get paused(): boolean {
    return this.#paused === true
  }

  get masks(): readonly string[] {
    return this.#masks
  }

  get #rules(): PageRules | null {
    return this.#options.site()?.page ?? null
  }

  #begin(visit: Visit): void {
    if (this.#begun) return
    this.#begun = true
    this.#session = visit.session
    captureScript<(host: Host) => Capture>(this.#options.config, CAPTURE).then(
      (make) => {
        if (!this.#begun || this.#capture || visit.session !== this.#session) return
        this.#capture = make(this.#host(visit))
        if (this.#paused !== null) this.#capture.pause(this.#paused)
        // It may have come before there was anybody to hear of it.
        if (visit.view?.page) this.#capture.heard(visit.view.page)
        this.#capture.changed()
      },
      (error) => {
        if (!this.#begun) return
        console.warn("Deskside", error)
        this.#again = setTimeout(() => {
          this.#begun = false
          this.changed()
        }, AGAIN_MS)
      },
    )
  }

  #host(visit: Visit): Host {
    const { config, panel, access, notify } = this.#options
    const holders = (capability: string) => {
      const { view, stopping } = visit
      if (!view || stopping !== "no" || visit.refusal || view.session.state === "ended") return []
      const fits = view.grants.filter((g) => g.giver === view.you && g.capability === capability)
      return fits.filter((g) => g.state === "granted").map((g) => g.holder)
    }
    const rules = () => rulesOf(this.#rules, this.#masks)
    return {
      base: config.base,
      session: visit.session,
      access,
      get rules() {
        return rules()
      },
      get language() {
        return config.language
      },
      text: t,
      panel,
      send: (body) => visit.send(body),
      viewers: () => holders("page_view"),
      controllers: () => holders("page_control"),
      notify: (detail) => {
        this.shown = detail.state === "shown"
        notify(detail)
      },
    }
  }
}
