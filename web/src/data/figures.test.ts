import { describe, expect, it } from "vitest"
import type { Shift } from "../contract/messages"
import { EARLY, figures, indication } from "./figures"
import { waiting } from "./testing/made"

const mine = (number: number, at = 0, part = {}) =>
  Array.from({ length: number }, (_, n) =>
    waiting({ contact: `c${n}`, arrived_at: at + n, can_handle: true, offered_to: null, ...part }),
  )

describe("the indicator", () => {
  const rules = { slow_count: 3, slow_seconds: 60, fast_count: 6, fast_seconds: 180 }
  const signal = (list: ReturnType<typeof mine>, now: number) => indication(list, rules, now).signal

  it("has four states by number", () => {
    expect([0, 1, 2, 3, 5, 6, 20].map((n) => signal(mine(n), 0))).toEqual([
      "off",
      "on",
      "on",
      "slow",
      "slow",
      "fast",
      "fast",
    ])
  })

  it("has four states while only time passes", () => {
    const list = mine(1, 1000)
    expect([1000, 1059, 1060, 1179, 1180].map((now) => signal(list, now))).toEqual(["on", "on", "slow", "slow", "fast"])
  })

  it("leaves out whom this agent cannot handle, and who is being offered", () => {
    expect(signal(mine(9, 0, { can_handle: false }), 900)).toBe("off")
    expect(signal(mine(9, 0, { offered_to: "sofia" }), 900)).toBe("off")
  })
})

describe("own figures", () => {
  const shift: Shift = {
    since: 0,
    at: 1000,
    signed_in: 1000,
    busy: 500,
    handled: 4,
    handle: 800,
    online: true,
    working: true,
  }

  it("run on from the server's counts", () => {
    expect(figures(shift, {}, 1000).busy.value).toBe(0.5)
    expect(figures(shift, {}, 2000).busy.value).toBe(0.75)
    expect(figures({ ...shift, working: false }, {}, 2000).busy.value).toBe(0.25)
    expect(figures({ ...shift, working: false, online: false }, {}, 9000).busy.value).toBe(0.5)
    expect(figures(shift, {}, 1000).handleTime.value).toBe(200)
  })

  it("say nothing where there is nothing to reckon with", () => {
    const fresh = { ...shift, signed_in: 0, busy: 0, handled: 0, handle: 0 }
    const found = figures(fresh, { busy: { warn: 0 }, handle_time: { warn: 0 } }, 1000)
    expect([found.busy, found.handleTime]).toEqual([
      { value: null, level: "plain" },
      { value: null, level: "plain" },
    ])
  })

  it("pass the limits from below, or from above", () => {
    const rules = { busy: { warn: 0.6, alarm: 0.9 }, handle_time: { warn: 200, alarm: 300 }, handled: { warn: 5 } }
    const level = (now: number, part = {}) => {
      const found = figures({ ...shift, ...part }, rules, now)
      return [found.busy.level, found.handleTime.level, found.handled.level]
    }
    expect(level(1000)).toEqual(["plain", "warn", "plain"])
    expect(level(1000, { handle: 796 })).toEqual(["plain", "plain", "plain"])
    expect(level(2000)).toEqual(["warn", "warn", "plain"])
    expect(level(9000, { handle: 1200 })).toEqual(["alarm", "alarm", "warn"])
    expect(figures({ ...shift, signed_in: EARLY, handled: 3 }, rules, 1000).handled.level).toBe("plain")
    expect(figures({ ...shift, signed_in: EARLY, handled: 2 }, rules, 1000).handled.level).toBe("warn")
  })
})
