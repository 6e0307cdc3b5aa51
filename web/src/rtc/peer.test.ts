import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ClientBody, MediaOffer } from "../contract/messages"
import { settle } from "../wire/testing"
import { Peer, type Received } from "./peer"
import { track } from "./testing"

class FakeConnection {
  static all: FakeConnection[] = []
  connectionState: RTCPeerConnectionState = "new"
  localDescription = { sdp: "answer" }
  closed = false
  onicecandidate: unknown = null
  ontrack: ((event: unknown) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  lines = ["0", "1", "2"].map((mid) => ({
    mid,
    direction: "recvonly",
    sender: { track: null as unknown, replaceTrack: vi.fn(async () => {}) },
  }))
  constructor() {
    FakeConnection.all.push(this)
  }
  async setRemoteDescription(): Promise<void> {}
  async setLocalDescription(): Promise<void> {}
  getTransceivers() {
    return this.lines
  }
  close(): void {
    this.closed = true
  }
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

const offer = (leg: string): MediaOffer => ({
  type: "media.offer",
  leg,
  sdp: "offer",
  publish: { mic: "0", camera: "1", screen: "2" },
  audio_slots: ["3"],
  video_slots: ["4"],
  ice_servers: [],
})

let sent: ClientBody[] = []
let received: readonly Received[] = []
let failing = false
let peer: Peer
const last = () => FakeConnection.all.at(-1) as FakeConnection
const opens = () => sent.filter((body) => body.type === "media.open").length

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal("RTCPeerConnection", FakeConnection)
  FakeConnection.all = []
  sent = []
  received = []
  failing = false
  peer = new Peer({
    send: async (body) => {
      sent.push(body)
      if (failing) throw new Error("no")
    },
    onReceived: (list) => {
      received = list
    },
  })
})
afterEach(() => {
  peer.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe("the one connection", () => {
  it("answers an offer with its lines set to send, and what is on goes out", async () => {
    const mic = track("audio")
    await peer.publish("mic", mic)
    await peer.receive(offer("a"))
    expect(last().lines.map((l) => l.direction)).toEqual(["sendonly", "sendonly", "sendonly"])
    expect(last().lines[0]?.sender.replaceTrack).toHaveBeenCalledWith(mic)
    expect(sent).toEqual([{ type: "media.answer", leg: "a", sdp: "answer" }])
    await peer.publish("mic", null)
    expect(last().lines[0]?.sender.replaceTrack).toHaveBeenLastCalledWith(null)
  })

  it("says who is in which slot, and forgets slots of an older one", async () => {
    await peer.receive(offer("a"))
    const seen = track()
    last().ontrack?.({ transceiver: { mid: "4" }, track: seen, receiver: {} })
    await peer.receive({ type: "media.slots", leg: "a", slots: { "4": { participant: "ag", label: "camera" } } })
    expect(received).toEqual([{ mid: "4", track: seen, participant: "ag", label: "camera" }])
    await peer.receive({ type: "media.slots", leg: "old", slots: {} })
    expect(received).toHaveLength(1)
    await peer.receive(offer("b"))
    expect(received).toEqual([])
  })

  it.each(["failed", "disconnected"] as const)("is asked for anew when it is %s", async (state) => {
    await peer.receive(offer("a"))
    last().become(state)
    await vi.advanceTimersByTimeAsync(1500)
    expect(opens()).toBe(1)
  })

  it("is asked for anew when the server lost it, and not when there was none", async () => {
    await peer.receive({ type: "media.failed", leg: "*" })
    expect(opens()).toBe(0)
    await peer.receive(offer("a"))
    await peer.receive({ type: "media.failed", leg: "other" })
    expect(opens()).toBe(0)
    await peer.receive({ type: "media.failed", leg: "*" })
    await settle()
    expect(opens()).toBe(1)
  })

  it("is asked for less and less often while that is refused", async () => {
    failing = true
    await peer.open()
    await vi.advanceTimersByTimeAsync(1000)
    expect(opens()).toBe(2)
    await vi.advanceTimersByTimeAsync(1000)
    expect(opens()).toBe(2)
    await vi.advanceTimersByTimeAsync(1000)
    expect(opens()).toBe(3)
    peer.close()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(opens()).toBe(3)
  })
})
