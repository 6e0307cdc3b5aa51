import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { LineWatch } from "./linewatch"

let changed: ReturnType<typeof vi.fn<() => void>>
let line: LineWatch

beforeEach(() => {
  vi.useFakeTimers()
  changed = vi.fn<() => void>()
  line = new LineWatch(changed)
})
afterEach(() => {
  line.close()
  vi.useRealTimers()
})

it("says so when nothing has connected after eight seconds", () => {
  line.begin()
  vi.advanceTimersByTime(7900)
  expect(line.blocked).toBe(false)
  vi.advanceTimersByTime(200)
  expect(line.blocked).toBe(true)
  expect(changed).toHaveBeenCalledOnce()
})

it("says so at the second failure, and no more when it is connected", () => {
  line.begin()
  line.state("failed")
  expect(line.blocked).toBe(false)
  line.state("connecting")
  line.state("failed")
  expect(line.blocked).toBe(true)
  line.state("connected")
  expect(line.blocked).toBe(false)
  line.state("failed")
  expect(line.blocked).toBe(false)
})

it("is silent about a line that is there", () => {
  line.begin()
  line.state("connected")
  line.begin()
  vi.advanceTimersByTime(60_000)
  expect(line.blocked).toBe(false)
})

it("notices when a line is lost and stays away", () => {
  line.state("connected")
  line.state("disconnected")
  vi.advanceTimersByTime(8100)
  expect(line.blocked).toBe(true)
})
