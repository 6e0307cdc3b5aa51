import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LinkState } from "./control"
import { PageStream } from "./page"
import { FakeSocket } from "./testing"

const frame = (byte: number) => Uint8Array.of(byte).buffer

let stream: PageStream
let frames: [number, boolean][]
let flows: boolean[]
let states: LinkState["kind"][]

function say(body: object): void {
  FakeSocket.last.onmessage?.({ data: JSON.stringify(body) })
}

function bring(byte: number): void {
  FakeSocket.last.onmessage?.({ data: frame(byte) as unknown as string })
}

function welcome(open = true): void {
  FakeSocket.last.open()
  say({ type: "page.welcome", now: 1, epoch: 0, open })
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.reset()
  vi.stubGlobal("WebSocket", FakeSocket)
  frames = []
  flows = []
  states = []
  stream = new PageStream({
    url: "http://desk.example/api/v1/page-stream",
    session: "s",
    onFrame: (data, first) => frames.push([new Uint8Array(data)[0] ?? -1, first]),
    onFlow: (open) => flows.push(open),
    onState: (state) => states.push(state.kind),
  })
})

afterEach(() => {
  stream.close()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe("the page stream of staff", () => {
  it("says hello and passes on what comes, the first marked", () => {
    welcome()
    expect(String(FakeSocket.last.url)).toBe("ws://desk.example/api/v1/page-stream")
    expect(FakeSocket.last.sent).toEqual([{ type: "page.hello", session: "s", role: "view" }])
    bring(1)
    bring(2)
    expect(frames).toEqual([
      [1, true],
      [2, false],
    ])
    expect(flows).toEqual([true])
  })

  it("begins anew when the consent comes back", () => {
    welcome()
    bring(1)
    say({ type: "page.flow", open: false })
    say({ type: "page.flow", open: true })
    bring(2)
    expect(flows).toEqual([true, false, true])
    expect(frames.at(-1)).toEqual([2, true])
  })

  it("comes back after a loss, with pauses that grow, and from the beginning", () => {
    welcome()
    bring(1)
    for (const pause of [400, 700, 1400]) {
      FakeSocket.last.close()
      expect(stream.state.kind).toBe("offline")
      const before = FakeSocket.all.length
      vi.advanceTimersByTime(pause)
      expect(FakeSocket.all.length).toBe(before + 1)
      FakeSocket.last.open()
    }
    welcome()
    bring(1)
    expect(frames.at(-1)).toEqual([1, true])
  })

  it("gives an attempt up that hangs", () => {
    vi.advanceTimersByTime(8001)
    expect(stream.state.kind).toBe("offline")
  })

  it("stays away when the server will not have it, until it is told to try", () => {
    welcome()
    say({ type: "bye", error: { code: "not_allowed", message: "" } })
    expect(stream.state.kind).toBe("closed")
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all.length).toBe(1)
    stream.restart()
    expect(FakeSocket.all.length).toBe(2)
  })

  it("comes back after a goodbye that is not for ever, and not after close", () => {
    welcome()
    say({ type: "bye", error: { code: "slow", message: "" } })
    FakeSocket.last.close()
    vi.advanceTimersByTime(5000)
    expect(FakeSocket.all.length).toBe(2)
    stream.close()
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all.length).toBe(2)
    expect(frames).toEqual([])
  })

  it("hears nothing more from a socket that it left", () => {
    welcome()
    const old = FakeSocket.last
    stream.restart()
    old.onmessage?.({ data: frame(9) as unknown as string })
    expect(frames).toEqual([])
  })
})
