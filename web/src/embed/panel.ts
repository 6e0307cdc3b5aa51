import type { EndpointTicket, SiteInfo } from "../contract/messages"
import { onEscapeTwice } from "../ui/attention"
import { sheet } from "../ui/dom"
import { renderKeepingFocus } from "../ui/focus"
import { CallbackForm } from "../ui/parts/callback"
import { type ChatState, openChat } from "../ui/parts/chat"
import { freshRating, type RatingState } from "../ui/parts/ending"
import { keepInSight } from "../ui/sight"
import { PARTS } from "../ui/style"
import { setLanguage } from "../ui/text"
import { brand, TOKENS } from "../ui/tokens"
import { Refused } from "../wire/control"
import { viewers } from "../wire/derive"
import { Api } from "../wire/http"
import { TokenStore } from "../wire/tokens"
import type { SessionView } from "../wire/view"
import { Visit } from "../wire/visit"
import { call } from "./call"
import type { EmbedConfig } from "./config"
import type { PanelModel } from "./model"
import { Offer } from "./offer"
import { talk } from "./opener"
import { PageShow } from "./page"
import { PLACE } from "./style"
import { Together } from "./together"
import { panelView } from "./views"
import { type Mistake, queryOf } from "./wishes"

export type EmbedEvent = "open" | "close" | "state" | "message" | "page" | "error"
export type EmbedState = "idle" | "waiting" | "live" | "ended"

const STYLES = { made: null as CSSStyleSheet[] | null }

/** The panel on the company's page: *Get help*, the queue, the chat, and always who sees what. */
export class HelpPanel extends HTMLElement implements PanelModel {
  config!: EmbedConfig
  /** Tells listeners of the page's own script. */
  notify: (event: EmbedEvent, detail?: unknown) => void = () => {}
  /** A wish of the page's does not count. */
  mistaken: (mistake: Mistake) => void = () => {}

  api!: Api
  store!: TokenStore
  visit: Visit | null = null
  open = false
  name = ""
  asked = ""
  asking = false
  /** Code of the last refusal that the panel still shows, with seconds to wait. */
  trouble: { code: string; retryAfter?: number } | null = null
  /** The browser kept the session window shut: its address as a link. */
  blocked: string | null = null
  windowElsewhere = false
  unread = 0
  chat: ChatState = { text: "", trouble: null }
  rating: RatingState = freshRating()
  callback: CallbackForm | null = null
  sureToLeave = false
  page!: PageShow
  #life = new AbortController()
  /** Aborted by `end`: whatever is still waited for then begins nothing any more. */
  readonly gone = this.#life.signal
  #together = new Together(this)
  #theme: Record<string, string> = {}
  #offer = new Offer(this, (first) => {
    if (this.site) this.theme(this.#theme)
    if (first && this.site?.page) this.#together.meet()
    this.#changed()
  })
  #refused: string | null = null
  #state: EmbedState = "idle"
  #root: ShadowRoot
  #scheduled = false
  #opening = false
  #tick: ReturnType<typeof setInterval> | undefined
  #escape: (() => void) | null = null

  constructor() {
    super()
    this.#root = this.attachShadow({ mode: "open", delegatesFocus: false })
    STYLES.made ??= [sheet(TOKENS), sheet(PARTS), sheet(PLACE)]
    this.#root.adoptedStyleSheets = STYLES.made
  }

  start(config: EmbedConfig): void {
    this.configure(config)
    this.api = new Api(config.base)
    this.store = new TokenStore(`site:${config.site}`)
    this.page = new PageShow({
      config,
      panel: this,
      visit: () => this.visit,
      site: () => this.site,
      access: () => this.store.value?.access ?? null,
      notify: (detail) => {
        this.notify("page", detail)
        this.update()
      },
    })
    this.chat = openChat(this.store)
    this.open = this.store.value?.extra?.open === true
    if (this.store.value) void this.#together.comeBack()
    void this.#offer.load()
    keepInSight(this, this.gone)
    this.update()
  }

  /** Language, scheme, number and wishes as they are from now on. */
  configure(config: EmbedConfig): void {
    const elsewhere = this.config && queryOf(this.config) !== queryOf(config)
    this.config = config
    setLanguage(config.language)
    this.setAttribute("lang", config.language)
    if (config.scheme) this.setAttribute("data-scheme", config.scheme)
    else this.removeAttribute("data-scheme")
    if (elsewhere) {
      // What it offers is of the other queue; what somebody is writing stays.
      if (!this.visit && !this.callback?.open && !this.callback?.promise) this.callback = null
      void this.#offer.load()
    }
    this.update()
  }

  theme(colours: Record<string, string>): void {
    this.#theme = colours
    for (const [name, value] of Object.entries(brand({ ...this.site?.theme, ...colours })))
      this.style.setProperty(name, value)
  }

  /** Off the page, at once unseen; the session is kept for the next `start`. */
  end(): void {
    this.#life.abort()
    if (this.visit?.view && viewers(this.visit.view).length > 0) this.stop()
    this.leaveVisit()
    this.#together.close()
    this.#offer.close()
    this.remove()
  }

  /** The page may take us out and put us in again: Stop by Escape must not be lost on the way. */
  connectedCallback(): void {
    if (this.visit && this.#state !== "ended") this.#watch()
  }

  disconnectedCallback(): void {
    this.#unwatch()
  }

  // --- what the page's script and our buttons do ---

  show(): void {
    if (!this.open) this.notify("open")
    this.open = true
    this.unread = 0
    this.#keep()
    this.update()
  }

  fold(): void {
    if (this.open) this.notify("close")
    this.open = false
    this.#keep()
    this.update()
    // The button is drawn in the same turn as the panel goes; focus is given back to it.
    queueMicrotask(() => this.#root.querySelector<HTMLElement>(".launch")?.focus())
  }

  async help(): Promise<void> {
    if (this.asking) return
    this.asking = true
    this.trouble = null
    this.update()
    try {
      const ticket = await this.api.post<EndpointTicket>(this.#offer.path("/sessions"), {
        name: this.name.trim(),
        question: this.asked.trim(),
        language: this.config.language,
        // A query or fragment may be private; nobody has agreed to anything yet.
        page_url: (location.origin + location.pathname).slice(0, 2000),
        queue: this.config.queue,
        number: this.config.number,
        skills: this.config.skills,
        attributes: this.config.details,
      })
      this.store.put({
        session: ticket.session,
        reference: ticket.reference,
        resume: ticket.token,
        access: null,
        window: ticket.window_link ? { path: ticket.window_link, at: Date.now() } : null,
        extra: { open: true },
      })
      // Asked for all the same: the next `start` goes on with it.
      if (this.gone.aborted) return
      this.come()
      this.#together.here()
      ticket.ignored?.forEach(this.mistaken)
    } catch (error) {
      // It has closed since the page was loaded; the site says until when.
      if (this.#troubled(error) === "queue_closed") await this.#offer.load()
    } finally {
      this.asking = false
      this.update()
    }
  }

  callMe(): void {
    this.callback ??= new CallbackForm(
      this.api,
      this.update,
      this.#offer.path("/callback", queryOf(this.config)),
      () => ({
        name: this.name.trim(),
        note: this.asked.trim(),
        language: this.config.language,
      }),
    )
    this.callback.open = true
    this.trouble = null
    void this.callback.load()
    this.update()
  }

  /** In a click: the session window, where voice, picture and share live. */
  async talk(anew = false): Promise<void> {
    if (this.#opening) return
    this.#opening = true
    this.trouble = null
    try {
      await talk(this, anew)
    } catch (error) {
      this.#troubled(error)
    }
    this.#opening = false
    this.update()
  }

  stop(): void {
    this.visit?.stopAll()
    // A reload before the server has heard of it stops again.
    this.#keep()
    this.#together.stopped()
    this.update()
  }

  /** For the page's script: of all tabs. */
  pause(paused: boolean): void {
    this.page.pause(paused)
    this.#together.paused(paused)
  }

  leave(): void {
    this.sureToLeave = false
    this.trouble = null
    this.visit?.send({ type: "session.leave" }).catch((error) => {
      this.#troubled(error)
      this.update()
    })
    this.update()
  }

  report(): void {
    this.stop()
    void this.visit?.report.tell()
  }

  /** Back to the form. */
  again(): void {
    this.leaveVisit()
    this.api.access = null
    this.store.put(null)
    this.chat = openChat(this.store)
    this.rating = freshRating()
    this.callback = null
    this.trouble = null
    this.blocked = null
    this.windowElsewhere = false
    this.unread = 0
    this.#unwatch()
    this.#enter("idle")
    this.update()
  }

  /** Leave the page as it was before *Get help*. */
  done(): void {
    this.again()
    this.fold()
  }

  update = (): void => {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#draw()
    })
  }

  /** What is offered, once it is known. */
  get site(): SiteInfo | null {
    return this.#offer.site
  }

  get over(): boolean {
    return this.#state === "ended"
  }

  // --- inside ---

  /** Into the session whose ticket is kept. */
  come(): void {
    if (this.gone.aborted) return
    this.#together.keep()
    this.callback = null
    this.visit = new Visit({
      api: this.api,
      store: this.store,
      changed: this.#changed,
      message: (body) => this.page.heard(body),
      moved: (before, after) => this.#moved(before, after),
    })
    if (this.store.value?.extra?.stop === true) this.visit.stopAll()
    this.#watch()
  }

  /** What nobody may see any more is not seen from here on, whatever is drawn when. */
  #changed = (): void => {
    this.page.changed()
    if (this.visit?.stopping === "done" && this.store.value?.extra?.stop === true) this.#keep()
    // Another tab went on with what this one had kept, as a copy of it does.
    const code = this.visit?.refusal?.code ?? null
    if (code === "resume_refused" && code !== this.#refused) this.#together.ask()
    this.#refused = code
    this.update()
  }

  /** Out of it, here. */
  leaveVisit(): void {
    this.visit?.close()
    this.visit = null
    this.page.close()
  }

  #watch(): void {
    this.#escape ??= onEscapeTwice(() => {
      if (this.visit?.view && viewers(this.visit.view).length > 0) this.stop()
    })
    clearInterval(this.#tick)
    this.#tick = setInterval(() => {
      if (this.visit?.view?.session.state === "waiting") this.update()
    }, 5000)
  }

  #unwatch(): void {
    this.#escape?.()
    this.#escape = null
    clearInterval(this.#tick)
  }

  #moved(before: SessionView | null, after: SessionView): void {
    const { state } = after.session
    call(this, before, after)
    if (state === "ended") this.#unwatch()
    if (state === "waiting") {
      this.callback ??= new CallbackForm(this.api, this.update)
      void this.callback.load()
    }
    this.#enter(state === "inviting" ? "waiting" : state)
  }

  #enter(state: EmbedState): void {
    if (state === this.#state) return
    this.#state = state
    this.notify("state", state)
  }

  #troubled(error: unknown): string {
    const info = error instanceof Refused ? error.error : null
    const retryAfter = info && "retry_after" in info ? (info.retry_after ?? undefined) : undefined
    const code = info?.code ?? "server_error"
    this.trouble = { code, retryAfter }
    return code
  }

  #keep(): void {
    const stop = this.visit?.stopping === "sent" ? { stop: true } : {}
    this.store.change({ extra: { open: this.open, ...stop } })
  }

  #draw(): void {
    try {
      renderKeepingFocus(this.#root, panelView(this))
    } catch (error) {
      // The company's page must not suffer from a fault of ours.
      console.error("Deskside", error)
    }
  }
}
