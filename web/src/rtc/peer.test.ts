import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ClientBody } from "../contract/messages"
import { Refused } from "../wire/control"
import { settle } from "../wire/testing"
import { Peer, type Received } from "./peer"
import { FakeConnection, offer, track } from "./testing"

let sent: ClientBody[] = []
let received: readonly Received[] = []
let refusal: Error | null = null
let peer: Peer
const last = () => FakeConnection.all.at(-1) as FakeConnection
const opens = () => sent.filter((body) => body.type === "media.open").length

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal("RTCPeerConnection", FakeConnection)
  FakeConnection.all = []
  sent = []
  received = []
  refusal = null
  peer = new Peer({
    send: async (body) => {
      sent.push(body)
      if (refusal) throw refusal
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
    await peer.receive({ type: "media.failed", leg: "*", native: true })
    expect(opens()).toBe(0)
    await peer.receive({ type: "media.failed", leg: "*" })
    await settle()
    expect(opens()).toBe(1)
  })

  it("takes no lines from an offer that was overtaken", async () => {
    const mic = track("audio")
    await peer.publish("mic", mic)
    const overtaken = peer.receive(offer("a"))
    await peer.receive(offer("b"))
    await overtaken
    const [old, fresh] = FakeConnection.all
    await peer.publish("mic", null)
    expect(old?.lines[0]?.sender.replaceTrack).not.toHaveBeenCalled()
    expect(fresh?.lines[0]?.sender.replaceTrack.mock.calls).toEqual([[mic], [null]])
    expect(sent).toEqual([{ type: "media.answer", leg: "b", sdp: "answer" }])
  })

  it("is not asked for again while it is there", async () => {
    await peer.receive(offer("a"))
    await peer.ensure()
    last().become("connected")
    await peer.ensure()
    expect(opens()).toBe(0)
    last().connectionState = "failed"
    await peer.ensure()
    expect(opens()).toBe(1)
  })

  it("is asked for anew when it neither connects nor fails", async () => {
    await peer.receive(offer("a"))
    last().become("connecting")
    await vi.advanceTimersByTimeAsync(20_100)
    expect(opens()).toBe(1)
    await peer.receive(offer("b"))
    last().become("connected")
    await vi.advanceTimersByTimeAsync(60_000)
    expect(opens()).toBe(1)
  })

  it("waits as long as the server says", async () => {
    refusal = new Refused({ code: "throttled", message: "", retry_after: 6 })
    await peer.open()
    expect(opens()).toBe(1)
    await peer.ensure()
    await vi.advanceTimersByTimeAsync(5900)
    expect(opens()).toBe(1)
    refusal = null
    await vi.advanceTimersByTimeAsync(200)
    expect(opens()).toBe(2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(opens()).toBe(2)
  })

  it("is asked for less and less often while that is refused", async () => {
    refusal = new Error("no")
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
