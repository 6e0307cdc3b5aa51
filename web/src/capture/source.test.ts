import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { PageServerFrame } from "../contract/messages"
import { Source, type SourceOptions } from "./source"

class FakeSocket {
  static all: FakeSocket[] = []
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1) as FakeSocket
  }
  bufferedAmount = 0
  closed = false
  sent: unknown[] = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  constructor(readonly url: URL) {
    FakeSocket.all.push(this)
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data))
  }
  close(): void {
    this.closed = true
    queueMicrotask(() => this.onclose?.())
  }
  say(frame: PageServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  welcome(epoch = 5, open = false): void {
    this.onopen?.()
    this.say({ type: "page.welcome", now: 1, epoch, open })
  }
}

let heard: unknown[] = []
let access: string | null = "token-1"
let about = { title: "Basket", address: "https://shop.example/basket", active: true }
let source: Source

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal("WebSocket", FakeSocket)
  FakeSocket.all = []
  heard = []
  access = "token-1"
  about = { title: "Basket", address: "https://shop.example/basket", active: true }
  const options: SourceOptions = {
    base: "https://desk.example",
    session: "s",
    access: () => access,
    tab: () => "tab-00000001",
    renumber: () => heard.push("renumber"),
    about: () => about,
    welcome: (epoch) => heard.push(["welcome", epoch]),
    flow: (open, epoch) => heard.push(["flow", open, epoch]),
    snapshot: () => heard.push("snapshot"),
    act: (asked) => heard.push(["act", asked.act]),
    mark: (shown) => heard.push(["mark", shown.by]),
    lost: () => heard.push("lost"),
  }
  source = new Source(options)
})
afterEach(() => {
  source.close()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe("the socket of a tab", () => {
  it("says who it is, then what it shows, and hears what is wanted of it", () => {
    const socket = FakeSocket.last
    expect(String(socket.url)).toBe("wss://desk.example/api/v1/page-stream")
    socket.welcome(5, false)
    expect(socket.sent).toEqual([
      { type: "page.hello", role: "source", session: "s", token: "token-1", tab: "tab-00000001" },
      { type: "page.about", ...about },
    ])
    socket.say({ type: "page.flow", open: true, epoch: 6 } as PageServerFrame)
    socket.say({ type: "page.need_snapshot" })
    socket.say({ type: "page.flow", open: false } as PageServerFrame)
    expect(heard).toEqual([["welcome", 5], ["flow", false, null], ["flow", true, 6], "snapshot", ["flow", false, null]])
  })

  it("says what changed of what it shows, once", () => {
    FakeSocket.last.welcome()
    source.about()
    about = { ...about, title: "Paid" }
    source.about()
    source.about()
    expect(FakeSocket.last.sent.slice(2)).toEqual([{ type: "page.about", ...about }])
  })

  it("says a pause with each connection, and its end once", async () => {
    const said = () => FakeSocket.last.sent.filter((word) => (word as { type: string }).type === "page.pause")
    source.pause(true)
    FakeSocket.last.welcome(5, true)
    expect(said()).toEqual([{ type: "page.pause", paused: true }])
    FakeSocket.last.onclose?.()
    source.pause(false)
    await vi.advanceTimersByTimeAsync(1000)
    FakeSocket.last.welcome()
    expect(said()).toEqual([{ type: "page.pause", paused: false }])
    FakeSocket.last.onclose?.()
    await vi.advanceTimersByTimeAsync(2000)
    FakeSocket.last.welcome()
    expect(said()).toEqual([])
  })

  it("comes back after a loss with the token of that time, and tells that it was away", async () => {
    FakeSocket.last.welcome()
    access = "token-2"
    FakeSocket.last.onclose?.()
    expect(heard.at(-1)).toBe("lost")
    await vi.advanceTimersByTimeAsync(1000)
    expect(FakeSocket.all).toHaveLength(2)
    FakeSocket.last.welcome(9)
    expect(FakeSocket.last.sent[0]).toMatchObject({ token: "token-2" })
    expect(heard).toContainEqual(["welcome", 9])
    expect(FakeSocket.last.sent).toHaveLength(2)
  })

  it("does not knock faster and faster at a server that is away, nor without a token", async () => {
    access = null
    FakeSocket.last.onclose?.()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(FakeSocket.all).toHaveLength(1)
    access = "token-2"
    await vi.advanceTimersByTimeAsync(6000)
    expect(FakeSocket.all).toHaveLength(2)
    for (let turns = 0; turns < 60; turns++) {
      FakeSocket.last.onclose?.()
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(FakeSocket.all.length).toBeLessThan(25)
  })

  it("gives up a network that takes nothing any more", async () => {
    const socket = FakeSocket.last
    socket.welcome()
    socket.bufferedAmount = 5000
    await vi.advanceTimersByTimeAsync(30_000)
    expect(socket.closed).toBe(true)
    expect(FakeSocket.all.length).toBeGreaterThan(1)
  })

  it("goes on under another number when a copy of the tab took its own", async () => {
    FakeSocket.last.welcome()
    FakeSocket.last.say({ type: "bye", error: { code: "conflict", message: "" } })
    FakeSocket.last.onclose?.()
    await vi.advanceTimersByTimeAsync(1000)
    expect(heard).toContain("renumber")
    expect(FakeSocket.all).toHaveLength(2)
  })

  it.each(["session_ended", "not_allowed"] as const)("is over for good after %s", async (code) => {
    FakeSocket.last.welcome()
    FakeSocket.last.say({ type: "bye", error: { code, message: "" } })
    FakeSocket.last.onclose?.()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(FakeSocket.all).toHaveLength(1)
  })

  it("hears nothing after it was closed", async () => {
    const socket = FakeSocket.last
    socket.welcome()
    source.close()
    const before = heard.length
    socket.say({ type: "page.flow", open: true } as PageServerFrame)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heard).toHaveLength(before)
    expect(FakeSocket.all).toHaveLength(1)
  })
})
