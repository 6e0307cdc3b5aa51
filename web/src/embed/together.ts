import type { EndpointTicket } from "../contract/messages"
import type { Api } from "../wire/http"
import { mark } from "../wire/ids"
import type { TokenStore } from "../wire/tokens"
import type { Visit } from "../wire/visit"
import type { EmbedConfig } from "./config"
import { hold, Tabs } from "./tabs"

/** The panel, as far as it matters here. */
interface Member {
  readonly config: EmbedConfig
  readonly api: Api
  readonly store: TokenStore
  readonly visit: Visit | null
  readonly page: { readonly paused: boolean; pause(paused: boolean): void }
  /** The session has ended. */
  readonly over: boolean
  readonly gone: AbortSignal
  open: boolean
  come(): void
  leaveVisit(): void
  update: () => void
}

/** One person in several tabs, each with a part of its own in the session, and each one that staff may see. */
export class Together {
  #panel: Member
  #tabs: Tabs | null = null
  #deciding = false

  constructor(panel: Member) {
    this.#panel = panel
  }

  /** From now on this tab is one among others. */
  meet(): void {
    const panel = this.#panel
    if (panel.gone.aborted) return
    this.#tabs ??= new Tabs({
      site: panel.config.site,
      has: () => this.#deciding || (panel.visit !== null && !panel.visit.refusal && !panel.over),
      part: () => panel.api.post<EndpointTicket>("/session/tab"),
      join: (ticket) => this.#join(ticket),
      stop: () => {
        if (panel.visit?.stopping === "no") panel.visit.stopAll()
      },
      pause: (paused) => panel.page.pause(paused),
    })
    if (panel.page.paused) this.paused(true)
    if (!panel.visit) this.ask()
  }

  ask(): void {
    if (!this.#deciding) this.#tabs?.ask()
  }

  here(): void {
    this.#tabs?.here()
  }

  stopped(): void {
    this.#tabs?.stopped()
  }

  paused(paused: boolean): void {
    this.#tabs?.paused(paused)
  }

  close(): void {
    this.#tabs?.close()
    this.#tabs = null
  }

  /** What this tab keeps is its own. */
  keep(): void {
    const { store } = this.#panel
    if (store.value?.mark) return
    const own = mark()
    store.change({ mark: own })
    if (navigator.locks) void hold(own)
  }

  /** Into the session of the page before this one in the tab. A copy of a tab asks that tab for a part of its own. */
  async comeBack(): Promise<void> {
    const panel = this.#panel
    const known = panel.store.value?.mark
    if (known && navigator.locks) {
      this.#deciding = true
      const own = await hold(known)
      this.#deciding = false
      if (panel.gone.aborted) return
      if (!own) {
        panel.store.put(null)
        panel.open = false
        this.ask()
        panel.update()
        return
      }
    }
    if (!panel.visit && panel.store.value) panel.come()
  }

  #join({ session, reference, token }: EndpointTicket): void {
    const panel = this.#panel
    panel.leaveVisit()
    panel.store.put({ session, reference, resume: token, access: null, extra: { open: panel.open } })
    panel.come()
    panel.update()
  }
}
