import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { type InputEvent, InputQueue, type Trouble } from "./queue"

let frames: FrameRequestCallback[] = []
let sent: InputEvent[][] = []
let answer: (events: InputEvent[]) => Promise<void>
let troubles: (Trouble | null)[] = []
let queue: InputQueue

const frame = () => {
  const due = frames
  frames = []
  for (const one of due) one(0)
}
const settle = () => vi.advanceTimersByTimeAsync(0)
const move = (x: number): InputEvent => ({ op: "move", x, y: 0 })
const press = (down: boolean): InputEvent => ({ op: "button", x: 0.5, y: 0.5, button: 1, down })
const key: InputEvent = { op: "key", key: "a", code: "KeyA", down: true }

beforeEach(() => {
  vi.useFakeTimers()
  frames = []
  sent = []
  troubles = []
  answer = () => Promise.resolve()
  vi.stubGlobal("requestAnimationFrame", (call: FrameRequestCallback) => frames.push(call))
  vi.stubGlobal("cancelAnimationFrame", () => {
    frames = []
  })
  queue = new InputQueue({
    send: (events) => {
      sent.push(events)
      return answer(events)
    },
    onTrouble: (trouble) => troubles.push(trouble),
  })
})
afterEach(() => {
  queue.clear()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it("makes one of all moves before the next picture", () => {
  for (const x of [0.1, 0.2, 0.3]) queue.push(move(x))
  expect(sent).toEqual([])
  frame()
  expect(sent).toEqual([[move(0.3)]])
})

it("adds up the turns of the wheel, as far as one message may say", () => {
  for (let turn = 0; turn < 3; turn++) queue.push({ op: "wheel", x: 0, y: 0, dx: 0, dy: 60 })
  frame()
  expect(sent).toEqual([[{ op: "wheel", x: 0, y: 0, dx: 0, dy: 100 }]])
})

it("sends a click at once, after the move that was before it", () => {
  queue.push(move(0.1))
  queue.push(press(true))
  queue.push(move(0.2))
  queue.push(press(false))
  expect(sent).toEqual([
    [move(0.1), press(true)],
    [move(0.2), press(false)],
  ])
})

it("lets moves wait while too much is on its way, and clicks never", async () => {
  let arrive = () => {}
  answer = () => new Promise((done) => (arrive = done))
  for (let turn = 0; turn < 12; turn++) {
    queue.push(move(turn / 12))
    frame()
  }
  expect(sent).toHaveLength(8)
  queue.push(press(true))
  expect(sent.at(-1)).toEqual([move(11 / 12), press(true)])
  answer = () => Promise.resolve()
  arrive()
  await settle()
  queue.push(move(0.5))
  expect(sent).toHaveLength(9)
})

it("never has more than 64 events in a message", () => {
  answer = () => new Promise(() => {})
  for (let turn = 0; turn < 8; turn++) {
    queue.push(move(turn))
    frame()
  }
  for (let turn = 0; turn < 70; turn++) {
    queue.push(move(turn))
    queue.push({ op: "wheel", x: 0, y: 0, dx: 0, dy: 1 })
  }
  queue.push(press(true))
  expect(sent.slice(8).map((events) => events.length)).toEqual([64, 64, 13])
})

it.each(["behind", "conflict", "not_ready"] as const)(
  "drops all when it is %s, until release is taken",
  async (code) => {
    answer = () => Promise.reject({ code })
    queue.push(key)
    await settle()
    expect(troubles).toEqual([code])
    queue.push(key)
    await vi.advanceTimersByTimeAsync(600)
    expect(sent.slice(1)).toEqual([[{ op: "release" }]])
    answer = () => Promise.resolve()
    await vi.advanceTimersByTimeAsync(600)
    expect(troubles).toEqual([code, null])
    queue.push(key)
    expect(sent.at(-1)).toEqual([key])
  },
)

it("says nothing more once it is not allowed", async () => {
  answer = () => Promise.reject({ code: "not_allowed" })
  queue.push(key)
  await vi.advanceTimersByTimeAsync(5000)
  expect(troubles).toEqual([])
  expect(sent).toEqual([[key]])
})

it("lets go before what waits", () => {
  queue.push(move(0.2))
  queue.release()
  frame()
  expect(sent).toEqual([[{ op: "release" }]])
})
