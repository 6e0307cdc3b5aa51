import type { EndpointTicket, JoinRequest, LinkInfo, RelayInfo } from "../contract/messages"
import { type Devices, list } from "../rtc/devices"
import { LocalMedia } from "../rtc/local"
import { reachesRelay } from "../rtc/relay"
import { flashTitle, onEscapeTwice, ring } from "../ui/attention"
import { sheet } from "../ui/dom"
import { renderKeepingFocus } from "../ui/focus"
import { CallbackForm } from "../ui/parts/callback"
import { type ChatState, openChat } from "../ui/parts/chat"
import { freshRating, type RatingState } from "../ui/parts/ending"
import { PARTS } from "../ui/style"
import { currentLanguage, t } from "../ui/text"
import { TOKENS } from "../ui/tokens"
import { Refused } from "../wire/control"
import { agent, viewers } from "../wire/derive"
import { Api } from "../wire/http"
import { TokenStore } from "../wire/tokens"
import type { SessionView } from "../wire/view"
import { Call } from "./call"
import { Check } from "./check"
import type { Step, WindowModel } from "./model"
import { WINDOW } from "./style"
import { numberPage, windowView } from "./views"

/** The session window, at `/join` and `/j/<token>`. */
export class SessionWindow extends HTMLElement implements WindowModel {
  step: Step = { kind: "loading" }
  api = new Api(location.origin)
  store!: TokenStore
  call: Call | null = null
  check: Check | null = null
  number = ""
  name = ""
  joining = false
  trouble: { code: string; retryAfter?: number } | null = null
  chat: ChatState = { text: "", trouble: null }
  rating: RatingState = freshRating()
  callback: CallbackForm | null = null
  devices: Devices | null = null
  sureToLeave = false
  #root: ShadowRoot
  #scheduled = false
  #channel: BroadcastChannel | null = null

  constructor() {
    super()
    this.#root = this.attachShadow({ mode: "open" })
    this.#root.adoptedStyleSheets = [sheet(TOKENS), sheet(PARTS), sheet(WINDOW)]
  }

  connectedCallback(): void {
    this.setAttribute("lang", currentLanguage())
    const token = /^\/j\/([\w-]+)/.exec(location.pathname)?.[1] ?? null
    this.store = new TokenStore(token ? `link:${token}` : "join")
    this.chat = openChat(this.store)
    onEscapeTwice(() => {
      const view = this.call?.visit.view
      if (!this.call || !view || view.session.state !== "live") return
      const shown = this.call.sending.some((label) => label !== "mic")
      if (shown || viewers(view).length > 0) this.call.stop()
    })
    // Any click will do where the browser wanted one before it plays a voice.
    this.addEventListener("click", () => {
      if (this.call?.playback.blocked) this.call.playback.unblock()
    })
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.#listDevices())
    setInterval(() => {
      if (this.call?.visit.view?.session.state === "waiting") this.update()
    }, 5000)
    if (this.store.value) this.#enter()
    else if (token) void this.look(token)
    else this.#go({ kind: "number" })
  }

  /** What a link is for; a window of somebody who is in already joins by itself. */
  async look(token: string): Promise<void> {
    this.#go({ kind: "loading" })
    try {
      const info = await this.api.get<LinkInfo>(linkPath(token))
      if (info.purpose === "window") await this.join({ link: token })
      else {
        this.#go({ kind: "invited", link: token, info })
        this.#beginCheck()
      }
    } catch (error) {
      this.#go({ kind: "gone", code: error instanceof Refused ? error.code : "server_error" })
    }
  }

  /** By number or link. The link is used up by this. */
  async join(by: { number?: string; link?: string }): Promise<void> {
    if (this.joining) return
    this.joining = true
    this.trouble = null
    this.update()
    try {
      const name = this.name.trim()
      const request: JoinRequest = { ...by, ...(name ? { name } : {}), language: currentLanguage() }
      const ticket = await this.api.post<EndpointTicket>("/join", request)
      this.store.put({ session: ticket.session, reference: ticket.reference, resume: ticket.token, access: null })
      this.#enter()
    } catch (error) {
      const info = error instanceof Refused ? error.error : null
      const retryAfter = info && "retry_after" in info ? (info.retry_after ?? undefined) : undefined
      this.trouble = { code: info?.code ?? "server_error", retryAfter }
      if (this.step.kind === "loading") this.#go({ kind: "gone", code: this.trouble.code })
    } finally {
      this.joining = false
      this.update()
    }
  }

  /** Begin with a number, whatever was before. */
  startOver(): void {
    this.call?.close()
    this.call = null
    this.store.put(null)
    location.assign(numberPage())
  }

  async settings(): Promise<void> {
    if (this.devices) this.devices = null
    else await this.#listDevices(true)
    this.update()
  }

  update = (): void => {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      renderKeepingFocus(this.#root, windowView(this))
    })
  }

  /** Take the call back from the other window. */
  here(): void {
    this.#enter()
  }

  #go(step: Step): void {
    this.step = step
    this.update()
  }

  #enter(): void {
    this.check?.end()
    this.check = null
    this.call = new Call({
      api: this.api,
      store: this.store,
      changed: this.update,
      moved: (before, after) => this.#moved(before, after),
    })
    this.#alone(this.store.value?.session ?? "")
    this.#go({ kind: "inside" })
  }

  /** One window of a person has the call; two would take the line from each other for ever. */
  #alone(session: string): void {
    this.#channel?.close()
    const channel = new BroadcastChannel(`deskside:${session}`)
    this.#channel = channel
    channel.onmessage = () => {
      channel.close()
      this.check?.end()
      this.check = null
      this.call?.close()
      this.call = null
      this.#go({ kind: "elsewhere" })
    }
    channel.postMessage("here")
  }

  #moved(before: SessionView | null, after: SessionView): void {
    const { state } = after.session
    document.title = `${after.session.company} · ${t("window.title")}`
    if (state === "waiting") {
      this.callback ??= new CallbackForm(this.api, this.update)
      void this.callback.load()
    }
    if (state === "waiting" && !this.check && this.call) {
      const check = this.#beginCheck(this.call.local)
      void this.call.recovered.then(() => check.resume())
    }
    if (state !== "waiting" && this.check) {
      // What is on stays with the call.
      this.check.end(false)
      this.check = null
    }
    if (before && before.session.state !== "live" && state === "live") {
      ring()
      flashTitle(t("turn.title", { name: agent(after)?.name ?? t("agent") }))
    }
    const said = before
      ? after.lines.slice(before.lines.length).find((l) => l.kind === "chat" && l.by !== after.you)
      : null
    if (said && document.hidden) {
      ring()
      flashTitle(t("chat.new", { name: said.by_name }))
    }
  }

  #beginCheck(local?: LocalMedia): Check {
    const own = local ?? new LocalMedia({ publish: async () => {}, changed: this.update, ended: this.update })
    const check = new Check(
      own,
      () => this.#ping(),
      () => this.#relayed(),
      this.update,
    )
    this.check = check
    check.begin()
    return check
  }

  /** By the socket when there is one, else by a small page. */
  async #ping(): Promise<number> {
    const from = performance.now()
    const { visit } = this.call ?? {}
    if (visit?.link.kind === "open") {
      // Says nothing new; what counts is that it is answered.
      await visit.send({ type: "media.mute", muted: false }).catch((error: Refused) => {
        if (error.code === "offline") throw error
      })
    } else await fetch("/healthz", { cache: "no-store" })
    return performance.now() - from
  }

  /** True as well where there is no relay, or sound and pictures have found another way. */
  async #relayed(): Promise<boolean> {
    const { step } = this
    const path = step.kind === "invited" ? linkPath(step.link) : "/session/relay"
    const { ice_servers } = await this.api.get<RelayInfo>(path).catch((error: Refused): RelayInfo => {
      if (error.code === "offline") throw error
      return { ice_servers: [] }
    })
    if (ice_servers.length === 0 || (await reachesRelay(ice_servers))) return true
    return this.call?.media === "connected"
  }

  async #listDevices(open = false): Promise<void> {
    if (!this.devices && !open) return
    this.devices = await list()
    this.update()
  }
}

function linkPath(token: string): string {
  return `/links/${encodeURIComponent(token)}`
}
