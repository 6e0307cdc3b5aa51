import type { ClientBody, MediaOffer, MediaSlots, ServerBody, SlotContent } from "../contract/messages"
import { Refused } from "../wire/control"

export type Label = "mic" | "camera" | "screen"

/** What shows somebody's screen: by their browser, or by their native client. */
export function isShare({ label }: Pick<SlotContent, "label">): boolean {
  return label === "screen" || label === "desktop" || label === "application"
}

export interface Received extends SlotContent {
  mid: string
  track: MediaStreamTrack
}

/** A browser that finds no way may stay at "connecting" and never say that it failed. */
const STUCK_MS = 20_000

export interface PeerOptions {
  send: (body: ClientBody) => Promise<void>
  /** What is received changed: every slot that carries something now. */
  onReceived: (received: readonly Received[]) => void
  onState?: (state: RTCPeerConnectionState) => void
}

/**
 * The one PeerConnection of this endpoint in a session. Only the server offers; lines are there beforehand, tracks
 * are put on them and taken off without another negotiation. After a failure a fresh connection is asked for and
 * the same tracks go out on it.
 */
export class Peer {
  #options: PeerOptions
  #connection: RTCPeerConnection | null = null
  #leg: string | null = null
  #publish = new Map<Label, RTCRtpTransceiver>()
  #tracks = new Map<Label, MediaStreamTrack | null>()
  #slots: Record<string, SlotContent> = {}
  #receivers = new Map<string, MediaStreamTrack>()
  #retry: ReturnType<typeof setTimeout> | undefined
  #stuck: ReturnType<typeof setTimeout> | undefined
  #opening = false
  #attempt = 0
  /** The server wants no question before (ms since the epoch). */
  #notBefore = 0
  #closed = false

  constructor(options: PeerOptions) {
    this.#options = options
  }

  get connection(): RTCPeerConnection | null {
    return this.#connection
  }

  /** Ask for a (fresh) connection. Call when the socket is open, also after it came back with a new one needed. */
  async open(): Promise<void> {
    if (this.#closed || this.#opening) return
    const early = this.#notBefore - Date.now()
    if (early > 0) {
      this.#again(early)
      return
    }
    this.#opening = true
    clearTimeout(this.#retry)
    try {
      await this.#options.send({ type: "media.open" })
    } catch (error) {
      const told = error instanceof Refused && "retry_after" in error.error ? (error.error.retry_after ?? 0) * 1000 : 0
      this.#notBefore = Date.now() + told
      this.#again(Math.max(told, Math.min(15_000, 1000 * 2 ** this.#attempt++)))
    } finally {
      this.#opening = false
    }
  }

  /** Ask for a connection unless one is there or on its way. */
  async ensure(): Promise<void> {
    const state = this.#connection?.connectionState
    if (state !== "new" && state !== "connecting" && state !== "connected") await this.open()
  }

  /** Feed every server message of the session; those of media are taken, others ignored. */
  async receive(body: ServerBody): Promise<void> {
    if (this.#closed) return
    if (body.type === "media.offer") await this.#offered(body).catch(() => this.#broken(body.leg))
    else if (body.type === "media.slots") this.#arrange(body)
    else if (body.type === "media.failed" && !body.native && this.#isOurs(body.leg)) void this.open()
  }

  /** `*`: the server knows of no connection of ours, whichever we think we have. */
  #isOurs(leg: string): boolean {
    return this.#leg !== null && (leg === this.#leg || leg === "*")
  }

  /** Send this track on the line, or nothing (null). */
  async publish(label: Label, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks.set(label, track)
    // A connection that was closed meanwhile: its successor takes the track from `#tracks`.
    await this.#publish
      .get(label)
      ?.sender.replaceTrack(track)
      .catch(() => {})
  }

  published(label: Label): MediaStreamTrack | null {
    return this.#tracks.get(label) ?? null
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    clearTimeout(this.#stuck)
    this.#connection?.close()
    this.#connection = null
  }

  /** An offer that could not be answered; an older one that was overtaken is nobody's loss. */
  #broken(leg: string): void {
    if (leg === this.#leg) this.#again(Math.min(15_000, 1000 * 2 ** this.#attempt++))
  }

  async #offered(offer: MediaOffer): Promise<void> {
    this.#connection?.close()
    this.#publish.clear()
    this.#receivers.clear()
    this.#leg = offer.leg
    this.#slots = {}
    const connection = new RTCPeerConnection({
      bundlePolicy: "max-bundle",
      iceServers: offer.ice_servers ?? [],
      iceTransportPolicy: offer.relay_only ? "relay" : "all",
    })
    this.#connection = connection
    const current = () => this.#connection === connection
    clearTimeout(this.#stuck)
    this.#stuck = setTimeout(() => current() && void this.open(), STUCK_MS)
    connection.onicecandidate = ({ candidate }) => {
      if (!current()) return
      const body = {
        type: "media.candidate" as const,
        leg: offer.leg,
        candidate: candidate?.candidate ?? "",
        mid: candidate?.sdpMid ?? "",
      }
      this.#options.send(body).catch(() => {})
    }
    connection.ontrack = ({ transceiver, track, receiver }) => {
      if ("jitterBufferTarget" in receiver && track.kind === "video") receiver.jitterBufferTarget = 0
      if (transceiver.mid !== null) this.#receivers.set(transceiver.mid, track)
      this.#tell()
    }
    connection.onconnectionstatechange = () => {
      if (!current()) return
      this.#options.onState?.(connection.connectionState)
      if (connection.connectionState === "failed") void this.open()
      // A change of network: there is no ICE restart on the other side, so a fresh connection is the way back.
      if (connection.connectionState === "disconnected") this.#again(1500)
      if (connection.connectionState === "connected") {
        clearTimeout(this.#retry)
        clearTimeout(this.#stuck)
        this.#attempt = 0
      }
    }
    await connection.setRemoteDescription({ type: "offer", sdp: offer.sdp })
    if (!current()) return
    const lines = new Map(connection.getTransceivers().map((line) => [line.mid, line]))
    for (const [label, mid] of Object.entries(offer.publish) as [Label, string][]) {
      const line = lines.get(mid)
      if (!line) continue
      line.direction = "sendonly"
      this.#publish.set(label, line)
      const track = this.#tracks.get(label)
      if (track && track.readyState === "live") await line.sender.replaceTrack(track)
      if (!current()) return
    }
    await connection.setLocalDescription()
    if (!current()) return
    await this.#options.send({ type: "media.answer", leg: offer.leg, sdp: connection.localDescription?.sdp ?? "" })
    this.#tell()
  }

  #arrange(message: MediaSlots): void {
    if (message.leg !== this.#leg) return
    this.#slots = message.slots
    this.#tell()
  }

  #tell(): void {
    const received: Received[] = []
    for (const [mid, content] of Object.entries(this.#slots)) {
      const track = this.#receivers.get(mid)
      if (track) received.push({ mid, track, ...content })
    }
    this.#options.onReceived(received)
  }

  #again(ms: number): void {
    clearTimeout(this.#retry)
    if (!this.#closed) this.#retry = setTimeout(() => void this.open(), ms)
  }
}
