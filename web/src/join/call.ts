import type { Grant, ServerBody } from "../contract/messages"
import { type capture, permission, type Trouble } from "../rtc/devices"
import { LocalMedia } from "../rtc/local"
import { type Label, Peer, type Received } from "../rtc/peer"
import { Playback } from "../rtc/playback"
import { Refused } from "../wire/control"
import { agent, type Capability, given, givenToAll, nativeOf } from "../wire/derive"
import type { Api } from "../wire/http"
import type { TokenStore } from "../wire/tokens"
import type { SessionView } from "../wire/view"
import { Visit } from "../wire/visit"
import { LineWatch } from "./linewatch"
import { Program } from "./program"
import { Shared } from "./shared"
import { type Choice, Standby } from "./standby"

export const CAPABILITY: Record<Label, Capability> = { mic: "hear", camera: "see", screen: "screen_view" }
export const LABEL: Partial<Record<Capability, Label>> = { hear: "mic", see: "camera", screen_view: "screen" }

/** What is said beside the controls: a key of the texts. */
export type Notice =
  | { kind: "nobody" }
  | { kind: "share_ended" }
  | { kind: "trouble"; label: Label; why: Trouble }
  | { kind: "refused"; code: string }

export interface CallOptions {
  api: Api
  store: TokenStore
  changed: () => void
  moved?: (before: SessionView | null, after: SessionView) => void
  capture?: typeof capture
  permission?: typeof permission
}

/**
 * The call of the session window. Three things must agree at any moment: what the person has allowed (grants, held by
 * the server), what is captured here, and what is said on the screen. Taking back takes effect here first.
 */
export class Call {
  readonly visit: Visit
  readonly local: LocalMedia
  readonly peer: Peer
  readonly playback: Playback
  readonly standby: Standby
  readonly line: LineWatch
  readonly program: Program
  readonly shared: Shared
  received: readonly Received[] = []
  media: RTCPeerConnectionState = "new"
  notice: Notice | null = null
  /** What was checked before a reload is back, as far as the browser gives it unasked. */
  recovered: Promise<void> = Promise.resolve()
  /** The share was cut by a reload; the browser wants a click to begin again. */
  shareAgain = false
  #options: CallOptions
  /** What was on before a reload has been looked at. */
  #resumed = false
  #ending = false
  /** The state of the session in which the connection was last asked for; `Peer` sees to it from then on. */
  #asked: string | null = null

  constructor(options: CallOptions) {
    this.#options = options
    this.playback = new Playback(options.changed)
    this.line = new LineWatch(options.changed)
    this.program = new Program(options.api, () => this.visit.now(), options.changed)
    this.shared = new Shared((body) => this.visit.send(body), options.changed)
    this.local = new LocalMedia({
      capture: options.capture,
      publish: (label, track) => this.peer.publish(label, track),
      changed: () => {
        this.#keep()
        // Who captures may play.
        if (this.playback.blocked && this.local.track("mic")) this.playback.unblock()
        options.changed()
      },
      ended: (label) => this.#ended(label),
    })
    this.peer = new Peer({
      send: (body) => this.visit.send(body),
      onReceived: (received) => {
        this.received = received
        this.playback.set(received)
        options.changed()
      },
      onState: (state) => {
        this.media = state
        this.line.state(state)
        options.changed()
      },
    })
    this.standby = new Standby({
      local: this.local,
      permission: options.permission ?? permission,
      live: () => this.visit.view?.session.state === "live",
      give: (label) => this.#giveAll(label),
      // The server has it; the view may not show it yet.
      takeBack: (label) => this.visit.send({ type: "grant.withdraw", capability: CAPABILITY[label] }).catch(() => {}),
      began: (label) => {
        if (label === "mic") this.#heard()
      },
      refused: (error) => this.#refused(error),
    })
    this.visit = new Visit({
      api: options.api,
      store: options.store,
      changed: () => {
        this.#connect()
        options.changed()
      },
      message: (body: ServerBody) => {
        void this.peer.receive(body)
        this.shared.receive(body, this.visit.view)
      },
      moved: (before, after) => this.#moved(before, after),
      lost: (capabilities) => this.#lost(capabilities),
    })
  }

  // --- what the customer does ---

  /** Microphone on, or silent, or heard again. */
  async microphone(): Promise<void> {
    const line = this.local.state("mic")
    if (line.kind === "on") {
      this.local.mute(!line.muted)
      this.visit.send({ type: "media.mute", muted: !line.muted }).catch(() => {})
      if (line.muted) await this.#give("mic")
    } else await this.#begin("mic")
  }

  async camera(): Promise<void> {
    if (this.local.isOn("camera")) this.takeBack("camera")
    else await this.#begin("camera")
  }

  /** Within a click. */
  async share(): Promise<void> {
    this.shareAgain = false
    await this.#begin("screen")
  }

  /** Use another device from now on; when that one cannot be had the line is off, and it is said. */
  async choose(label: "mic" | "camera", device: string): Promise<void> {
    if (await this.local.choose(label, device)) return
    if (this.local.state(label).kind === "trouble") this.#failed(label)
    this.#options.changed()
  }

  /** Stop one line and take back what was allowed with it. */
  takeBack(label: Label): void {
    this.local.stop(label)
    if (label === "screen") {
      this.shareAgain = false
      this.notice = { kind: "nobody" }
    }
    this.#withdraw(CAPABILITY[label])
    this.#options.changed()
  }

  /** Everything that shows something ends, here at once, then everywhere. */
  stop(): void {
    this.local.stop("screen")
    this.local.stop("camera")
    this.shareAgain = false
    this.notice = { kind: "nobody" }
    this.visit.stopAll()
  }

  /** The answer to a question. Saying yes to microphone, camera or screen asks the browser in the same click. */
  async answer(grant: Grant, allow: boolean): Promise<void> {
    const label = LABEL[grant.capability]
    // What others were allowed before is not theirs to lose with this answer.
    const before = label !== undefined && this.local.isOn(label)
    const started = allow && label ? this.local.start(label) : null
    try {
      await this.visit.answer(grant.id, allow)
    } catch (error) {
      // `conflict`: the question was closed meanwhile; what it said is on the screen.
      if (label && started && !before) this.local.stop(label)
      if (!(error instanceof Refused) || error.code !== "conflict") this.#refused(error)
      return
    }
    if (!label || !started) return
    if (await started) {
      this.notice = null
      if (label === "mic") this.#heard()
    } else this.#failed(label)
    this.#options.changed()
  }

  leave(): void {
    this.standby.close()
    this.local.close()
    this.visit.send({ type: "session.leave" }).catch((error) => this.#refused(error))
  }

  /** Something is not right: nothing leaves this page any more, everything ends, and the company is told. */
  report(): void {
    this.#cut()
    this.visit.stopAll()
    void this.visit.report.tell()
  }

  close(): void {
    this.line.close()
    this.program.close()
    this.shared.close()
    this.standby.close()
    this.local.close()
    this.playback.close()
    this.peer.close()
    this.visit.close()
  }

  /** Labels that leave this page now. */
  get sending(): Label[] {
    return (["mic", "camera", "screen"] as const).filter((label) => this.local.isOn(label))
  }

  // --- inside ---

  async #begin(label: Label): Promise<void> {
    this.notice = null
    if (await this.local.start(label)) {
      if (label === "mic") this.#heard()
      await this.#give(label)
    } else if (this.local.state(label).kind === "trouble") this.#failed(label)
    this.#options.changed()
  }

  async #give(label: Label): Promise<void> {
    try {
      await this.#giveAll(label)
    } catch (error) {
      this.local.stop(label)
      this.#refused(error)
    }
  }

  /** Rejects with `Refused`. */
  async #giveAll(label: Label): Promise<void> {
    const { view } = this.visit
    if (!view || givenToAll(view, CAPABILITY[label])) return
    await this.visit.send({ type: "grant.give", capability: CAPABILITY[label] })
  }

  /** Tell the others that the microphone is not silent. */
  #heard(): void {
    this.visit.send({ type: "media.mute", muted: false }).catch(() => {})
  }

  #failed(label: Label): void {
    const line = this.local.state(label)
    if (line.kind === "trouble") this.notice = { kind: "trouble", label, why: line.why }
    this.#withdraw(CAPABILITY[label])
  }

  #withdraw(capability: Capability): void {
    if (this.visit.view && given(this.visit.view, capability).length === 0) return
    this.visit.send({ type: "grant.withdraw", capability }).catch(() => {})
  }

  #refused(error: unknown): void {
    this.notice = { kind: "refused", code: error instanceof Refused ? error.code : "server_error" }
    this.#options.changed()
  }

  /** The browser's own *stop sharing*, or the device is gone. */
  #ended(label: Label): void {
    this.notice = label === "screen" ? { kind: "share_ended" } : { kind: "trouble", label, why: "missing" }
    this.#withdraw(CAPABILITY[label])
    this.#options.changed()
  }

  #lost(capabilities: Capability[]): void {
    for (const capability of capabilities) {
      const label = LABEL[capability]
      if (!label) continue
      if (label === "screen" && (this.local.isOn("screen") || this.shareAgain)) this.notice = { kind: "nobody" }
      if (label === "screen") this.shareAgain = false
      this.local.stop(label)
    }
  }

  #moved(before: SessionView | null, after: SessionView): void {
    const { state } = after.session
    if (!this.#resumed && (state === "live" || state === "waiting")) {
      this.#resumed = true
      this.#resume(after)
    }
    if (before && before.session.state !== "live" && state === "live") this.standby.answered()
    this.shared.settle(after)
    if (nativeOf(after, after.you)) this.program.forget()
    if (state === "ended" && !this.#ending) this.#cut()
    this.#options.moved?.(before, after)
  }

  #cut(): void {
    this.#ending = true
    this.line.close()
    this.standby.close()
    this.local.close()
    this.playback.close()
    this.peer.close()
  }

  /** After a reload: microphone and camera come back where they are still allowed; the share needs a click. */
  #resume(view: SessionView): void {
    const was = this.#options.store.value?.extra ?? {}
    this.recovered = this.standby.recover((was.standby ?? {}) as Choice)
    if (view.session.state !== "live" || this.visit.report.sent) return
    if (was.mic && given(view, "hear").length > 0) void this.local.start("mic", was.muted === true)
    if (was.camera && given(view, "see").length > 0) void this.local.start("camera")
    this.shareAgain = was.screen === true && given(view, "screen_view").length > 0
    this.#keep()
  }

  #keep(): void {
    if (!this.#resumed || this.#ending) return
    const mic = this.local.state("mic")
    this.#options.store.change({
      extra: {
        mic: mic.kind === "on" || mic.kind === "asking",
        muted: mic.kind === "on" && mic.muted,
        camera: this.local.isOn("camera") || this.local.state("camera").kind === "asking",
        screen: this.local.isOn("screen") || this.shareAgain,
        standby: this.standby.choice(this.visit.view?.session.state === "waiting"),
      },
    })
  }

  #connect(): void {
    // The socket says its first state while it is being made.
    if (!this.visit) return
    const { view, link } = this.visit
    if (link.kind !== "open" || !view || this.visit.report.sent) return
    const { state } = view.session
    // While one waits the line is laid already, so that there is sound at the first word.
    const wanted = state === "waiting" || (state === "live" && agent(view) !== null)
    if (wanted && this.#asked !== state) {
      this.#asked = state
      this.line.begin()
      void this.peer.ensure()
    }
    this.standby.go()
  }
}
