import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Event, Message } from "../page/format"
import { Assembler } from "../page/frames"
import { Sender } from "./sender"

let pipe: { bufferedAmount: number; sent: Uint8Array[]; send(data: Uint8Array): void }
let overrun = 0
let sender: Sender

beforeEach(() => {
  vi.useFakeTimers()
  overrun = 0
  pipe = { bufferedAmount: 0, sent: [], send: (data) => pipe.sent.push(data) }
  sender = new Sender(pipe, () => overrun++)
})
afterEach(() => vi.useRealTimers())

const turn = () => Promise.resolve().then(() => {})
const got = () => {
  const all = new Assembler(1 << 26)
  const whole = pipe.sent.map((frame) => all.add(frame.slice().buffer as ArrayBuffer)).filter((m) => m !== null)
  return whole.map(({ epoch, message, text }) => ({
    epoch,
    message,
    events: (JSON.parse(text) as Message).slice(1) as Event[],
  }))
}

describe("what the page says", () => {
  it("goes together when it happened in one turn, numbered by epoch", async () => {
    sender.begin(7)
    sender.emit(["click"])
    sender.emit(["focus", 3])
    await turn()
    sender.emit(["click"])
    await turn()
    sender.begin(8)
    sender.emit(["click"])
    await turn()
    expect(got()).toEqual([
      { epoch: 7, message: 0, events: [["click"], ["focus", 3]] },
      { epoch: 7, message: 1, events: [["click"]] },
      { epoch: 8, message: 0, events: [["click"]] },
    ])
  })

  it("never leaves after the end, not even what happened before it in the same turn", async () => {
    sender.begin(1)
    sender.emit(["click"])
    sender.end()
    sender.emit(["click"])
    await turn()
    expect(pipe.sent).toEqual([])
  })

  it("waits while the socket is slow, and not for ever", async () => {
    sender.begin(1)
    pipe.bufferedAmount = 1 << 20
    sender.emit(["title", "a"])
    await turn()
    expect(pipe.sent).toEqual([])
    expect(sender.ready).toBe(false)
    pipe.bufferedAmount = 0
    vi.advanceTimersByTime(50)
    expect(got()).toHaveLength(1)
    expect(sender.ready).toBe(true)
  })

  it("that waits goes with the end", async () => {
    sender.begin(1)
    pipe.bufferedAmount = 1 << 20
    sender.emit(["title", "a"])
    await turn()
    sender.end()
    pipe.bufferedAmount = 0
    vi.advanceTimersByTime(1000)
    expect(pipe.sent).toEqual([])
  })

  it("is too much when changes pile up behind a page, but not while the page itself is on its way", async () => {
    const large = "x".repeat(1 << 20)
    sender.begin(1)
    pipe.bufferedAmount = 1 << 20
    for (let turns = 0; turns < 5; turns++) {
      sender.emit(["css", 1, large])
      await turn()
    }
    expect(overrun).toBe(0)
    sender.emit(["whole"])
    await turn()
    for (let turns = 0; turns < 3; turns++) {
      sender.emit(["css", 1, large])
      await turn()
    }
    expect(overrun).toBeGreaterThan(0)
    expect(sender.drained).toBe(false)
  })

  it("is cut where one message would be too large; a single event that is gets left out", async () => {
    const large = "é".repeat(3 << 20)
    sender.begin(1)
    sender.emit(["css", 1, large])
    sender.emit(["css", 2, large])
    sender.emit(["css", 3, large + large])
    sender.emit(["click"])
    await turn()
    const events = got().flatMap((message) => message.events)
    expect(events.map((event) => (event as readonly unknown[])[1] ?? "click")).toEqual([1, 2, "click"])
  })
})
