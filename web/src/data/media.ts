import type { ClientBody, ServerBody } from "../contract/messages"
import { capture, DeviceTrouble, type Trouble } from "../rtc/devices"
import { Peer, type Received } from "../rtc/peer"
import * as focus from "./focus"
import { remember, remembered } from "./memory"
import { Players } from "./players"
import { Store } from "./store"

export interface MediaState {
  readonly focus: focus.FocusState
  readonly received: Readonly<Record<string, readonly Received[]>>
  readonly connection: Readonly<Record<string, RTCPeerConnectionState>>
  /** The agent's own screen, by session. */
  readonly shares: Readonly<Record<string, MediaStreamTrack>>
  /** Shares that a reload broke off. */
  readonly shareAgain: readonly string[]
  readonly camera: MediaStreamTrack | null
  readonly problem: { device: "mic" | "camera" | "screen"; kind: Trouble } | null
  /** The browser plays no sound before the first click. */
  readonly silenced: boolean
  readonly micId: string | null
  readonly cameraId: string | null
  readonly speakerId: string | null
}

interface Kept {
  focus: focus.FocusState
  shares: string[]
}

type Send = (body: ClientBody, session: string | null) => Promise<void>

/** The agent's sound and pictures: one connection a session, one microphone and one camera cloned into them. */
export class Media {
  readonly store: Store<MediaState>
  #send: Send
  #peers = new Map<string, Peer>()
  #mic: MediaStreamTrack | null = null
  #clones = new Map<string, MediaStreamTrack>()
  #work: Promise<void> = Promise.resolve()
  #players = new Players(() => this.store.patch({ silenced: true }))
  #closed = false
  /** Told when the agent's screen begins or stops, so that the grants that go with it are given or taken back. */
  onShare: (session: string, on: boolean) => void = () => {}

  constructor(send: Send) {
    this.#send = send
    const kept = remembered<Kept>("media")
    this.store = new Store<MediaState>({
      focus: kept?.focus ?? focus.NO_FOCUS,
      received: {},
      connection: {},
      shares: {},
      shareAgain: kept?.shares ?? [],
      camera: null,
      problem: null,
      silenced: false,
      micId: null,
      cameraId: null,
      speakerId: null,
    })
  }

  /** The session's connection is wanted: at the offer already, so that there is sound at the first word. */
  ensure(session: string): void {
    if (this.#peers.has(session)) return
    const peer = new Peer({
      send: (body) => this.#send(body, session),
      onReceived: (received) => this.#part("received", session, received),
      onState: (state) => this.#part("connection", session, state),
    })
    this.#peers.set(session, peer)
    void peer.open()
    this.#sync()
  }

  drop(session: string): void {
    this.#peers.get(session)?.close()
    this.#peers.delete(session)
    // Tells of it too: who comes back into the session later must not be given a share that is none.
    this.stopShare(session)
    for (const label of ["mic", "camera"]) {
      this.#clones.get(`${session} ${label}`)?.stop()
      this.#clones.delete(`${session} ${label}`)
    }
    this.store.set((old) => ({
      ...old,
      received: omit(old.received, session),
      connection: omit(old.connection, session),
      shareAgain: old.shareAgain.filter((one) => one !== session),
    }))
    this.#focus(focus.without(this.store.get().focus, session))
  }

  keepOnly(sessions: ReadonlySet<string>): void {
    for (const session of [...this.#peers.keys()]) if (!sessions.has(session)) this.drop(session)
  }

  connectionOf(session: string): RTCPeerConnection | null {
    return this.#peers.get(session)?.connection ?? null
  }

  receive(session: string, body: ServerBody): void {
    this.#peers
      .get(session)
      ?.receive(body)
      .catch(() => {})
  }

  /** After the socket came back: the server hears again where we are, and what broke meanwhile is opened anew. */
  announce(): void {
    for (const peer of this.#peers.values()) {
      if (peer.connection?.connectionState !== "connected") void peer.open()
    }
    const { focus: state } = this.store.get()
    if (state.focus) this.#send({ type: "media.focus" }, state.focus).catch(() => {})
    for (const session of this.#peers.keys()) this.#announceMute(session)
  }

  toFront(session: string): void {
    this.#focus(focus.toFront(this.store.get().focus, session))
  }

  setMic(session: string, on: boolean): void {
    if (!this.#peers.has(session)) return
    this.#focus(focus.want(this.store.get().focus, session, { mic: on }))
    this.#announceMute(session)
  }

  setCamera(session: string, on: boolean): void {
    if (!this.#peers.has(session)) return
    this.#focus(focus.want(this.store.get().focus, session, { camera: on }))
  }

  hold(session: string): void {
    this.#focus(focus.hold(this.store.get().focus, session))
  }

  resume(session: string): void {
    if (!this.#peers.has(session)) return
    this.#focus(focus.resume(this.store.get().focus, session))
  }

  async share(session: string): Promise<void> {
    let track: MediaStreamTrack
    try {
      track = await capture("screen")
    } catch (cause) {
      // Closing the browser's own picker is a "no", not a fault.
      const kind = whyOf(cause)
      if (kind !== "dismissed") this.store.patch({ problem: { device: "screen", kind } })
      return
    }
    const peer = this.#peers.get(session)
    if (!peer) return track.stop()
    const before = this.store.get().shares[session]
    if (before) before.onended = null
    before?.stop()
    track.onended = () => this.stopShare(session)
    this.store.set((old) => ({
      ...old,
      shares: { ...old.shares, [session]: track },
      shareAgain: old.shareAgain.filter((one) => one !== session),
    }))
    this.#keep()
    this.onShare(session, true)
    await peer.publish("screen", track)
  }

  stopShare(session: string): void {
    const track = this.store.get().shares[session]
    if (!track) return
    track.onended = null
    track.stop()
    this.store.set((old) => ({ ...old, shares: omit(old.shares, session) }))
    this.#keep()
    this.onShare(session, false)
    void this.#peers.get(session)?.publish("screen", null)
  }

  forgetShare(session: string): void {
    this.store.set((old) => ({ ...old, shareAgain: old.shareAgain.filter((one) => one !== session) }))
    this.#keep()
  }

  chooseDevice(kind: "micId" | "cameraId" | "speakerId", id: string | null): void {
    this.store.patch({ [kind]: id })
    if (kind === "speakerId") this.#players.choose(id)
    if (kind === "micId") this.#release("mic")
    if (kind === "cameraId") this.#release("camera")
    this.#sync()
  }

  forgive(): void {
    this.store.patch({ problem: null })
  }

  /** An element that plays voices; the browser may refuse it until somebody clicks. */
  adopt(player: HTMLMediaElement): () => void {
    return this.#players.adopt(player, this.store.get().speakerId)
  }

  /** After a click, or with a microphone: everything that was refused plays. */
  hear(): void {
    this.store.patch({ silenced: false })
    this.#players.play()
  }

  close(): void {
    this.#closed = true
    for (const session of [...this.#peers.keys()]) {
      this.#peers.get(session)?.close()
      this.store.get().shares[session]?.stop()
    }
    this.#peers.clear()
    this.#release("mic")
    this.#release("camera")
  }

  #focus(next: focus.FocusState): void {
    const old = this.store.get().focus
    if (next === old) return
    this.store.patch({ focus: next })
    this.#keep()
    this.#hush()
    if (next.focus !== old.focus) this.#send({ type: "media.focus" }, next.focus).catch(() => {})
    this.#sync()
  }

  /** Falling silent waits for nothing, not even for a question of the browser that stands open. */
  #hush(): void {
    const state = this.store.get().focus
    for (const [key, clone] of this.#clones) {
      const [session = "", label] = key.split(" ")
      if (!focus.sends(state, session, label as keyof focus.Wants)) clone.enabled = false
    }
  }

  #announceMute(session: string): void {
    const muted = !focus.wantsIn(this.store.get().focus, session).mic
    this.#send({ type: "media.mute", muted }, session).catch(() => {})
  }

  #keep(): void {
    const { focus: state, shares, shareAgain } = this.store.get()
    remember<Kept>("media", { focus: state, shares: [...new Set([...Object.keys(shares), ...shareAgain])] })
  }

  /** Bring what is sent in line with what is wanted, one change after the other. */
  #sync(): void {
    this.#work = this.#work.then(() => this.#apply()).catch(() => {})
  }

  async #apply(): Promise<void> {
    const wanted = (label: "mic" | "camera") =>
      [...this.#peers.keys()].some((session) => focus.wantsIn(this.store.get().focus, session)[label])
    if (wanted("mic")) await this.#open("mic")
    else if (this.#peers.size === 0) this.#release("mic")
    if (wanted("camera")) await this.#open("camera")
    else this.#release("camera")
    for (const [session, peer] of this.#peers) {
      await this.#line(session, peer, "mic", this.#mic)
      await this.#line(session, peer, "camera", this.store.get().camera)
    }
  }

  async #line(session: string, peer: Peer, label: "mic" | "camera", source: MediaStreamTrack | null): Promise<void> {
    const state = this.store.get().focus
    const key = `${session} ${label}`
    const clone = this.#clones.get(key)
    const on = focus.wantsIn(state, session)[label] && source !== null
    if (on && !clone) {
      const fresh = source.clone()
      fresh.enabled = focus.sends(state, session, label)
      this.#clones.set(key, fresh)
      await peer.publish(label, fresh)
    } else if (clone && !on && (label === "camera" || !source)) {
      clone.stop()
      this.#clones.delete(key)
      await peer.publish(label, null)
    } else if (clone) {
      clone.enabled = focus.sends(state, session, label)
    }
  }

  async #open(label: "mic" | "camera"): Promise<void> {
    const { camera, micId, cameraId } = this.store.get()
    if ((label === "mic" ? this.#mic : camera)?.readyState === "live") return
    this.#release(label)
    try {
      const track = await capture(label, label === "mic" ? micId : cameraId)
      if (this.#closed) return track.stop()
      track.onended = () => {
        this.#release(label)
        this.#sync()
      }
      // Who captures may play.
      if (this.store.get().silenced) this.hear()
      if (label === "mic") this.#mic = track
      else this.store.patch({ camera: track })
      if (this.store.get().problem?.device === label) this.store.patch({ problem: null })
    } catch (cause) {
      this.store.set((old) => ({
        ...old,
        problem: { device: label, kind: whyOf(cause) },
        focus: Object.keys(old.focus.wants).reduce(
          (state, session) => focus.want(state, session, { [label]: false }),
          old.focus,
        ),
      }))
      this.#keep()
      for (const session of this.#peers.keys()) if (label === "mic") this.#announceMute(session)
    }
  }

  #release(label: "mic" | "camera"): void {
    const track = label === "mic" ? this.#mic : this.store.get().camera
    if (!track) return
    track.onended = null
    track.stop()
    if (label === "mic") this.#mic = null
    else this.store.patch({ camera: null })
    for (const [key, clone] of this.#clones) {
      if (!key.endsWith(` ${label}`)) continue
      clone.stop()
      this.#clones.delete(key)
      if (label === "camera") {
        const session = key.slice(0, key.indexOf(" "))
        if (!focus.wantsIn(this.store.get().focus, session).camera) {
          void this.#peers.get(session)?.publish("camera", null)
        }
      }
    }
  }

  #part<K extends "received" | "connection">(key: K, session: string, value: MediaState[K][string]): void {
    if (!this.#peers.has(session)) return
    this.store.set((old) => ({ ...old, [key]: { ...old[key], [session]: value } }))
  }
}

function whyOf(cause: unknown): Trouble {
  return cause instanceof DeviceTrouble ? cause.why : "unknown"
}

function omit<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = record
  return rest
}
