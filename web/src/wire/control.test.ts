import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { EventFrame } from "../contract/messages"
import { Control, type LinkState, Refused } from "./control"
import { FakeSocket, settle } from "./testing"

let states: LinkState[] = []
let events: EventFrame[] = []
let token = "first"
let control: Control

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal("WebSocket", FakeSocket)
  FakeSocket.reset()
  states = []
  events = []
  token = "first"
  control = new Control({
    url: "https://desk.example/api/v1/socket",
    hello: () => ({ token, since: { s: events.length } }),
    onWelcome: (welcome) => {
      token = welcome.resume ?? token
    },
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
  })
})

afterEach(() => {
  control.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe("the control socket", () => {
  it("says hello first and is open after the welcome", () => {
    expect(String(FakeSocket.last.url)).toBe("wss://desk.example/api/v1/socket")
    FakeSocket.last.open()
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", token: "first", since: { s: 0 } }])
    expect(control.state.kind).toBe("connecting")
    FakeSocket.last.welcome("second")
    expect(control.state.kind).toBe("open")
  })

  it("resolves and rejects commands by their replies", async () => {
    FakeSocket.obliging = false
    FakeSocket.last.welcome()
    const good = control.send({ type: "chat.post", key: "k", text: "a" }, "s")
    const bad = control.send({ type: "chat.post", key: "l", text: "b" }, "s")
    const [first, second] = FakeSocket.last.commands
    FakeSocket.last.reply(second?.id ?? -1, "not_allowed")
    FakeSocket.last.reply(first?.id ?? -1)
    await expect(good).resolves.toBeUndefined()
    await expect(bad).rejects.toMatchObject({ code: "not_allowed" })
    expect(control.roundTrip).not.toBeNull()
  })

  it("comes back with the newest token and number, after growing pauses", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5)
    FakeSocket.last.welcome("second")
    FakeSocket.last.event({ type: "queue.position", position: 1, estimate: null })
    FakeSocket.last.close()
    expect(control.state.kind).toBe("offline")
    vi.advanceTimersByTime(249)
    expect(FakeSocket.all).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(FakeSocket.all).toHaveLength(2)
    FakeSocket.last.close()
    vi.advanceTimersByTime(499)
    expect(FakeSocket.all).toHaveLength(2)
    vi.advanceTimersByTime(1)
    expect(FakeSocket.all).toHaveLength(3)
    FakeSocket.last.open()
    expect(FakeSocket.last.sent[0]).toEqual({ type: "hello", token: "second", since: { s: 1 } })
  })

  it("refuses what was on its way when the connection broke", async () => {
    FakeSocket.obliging = false
    FakeSocket.last.welcome()
    const lost = control.send({ type: "session.leave" }, "s")
    FakeSocket.last.close()
    await expect(lost).rejects.toMatchObject({ code: "offline" })
    await expect(control.send({ type: "session.leave" }, "s")).rejects.toBeInstanceOf(Refused)
  })

  it("gives up a socket that is silent, and keeps one that beats", async () => {
    FakeSocket.last.welcome()
    for (let beat = 0; beat < 5; beat++) {
      vi.advanceTimersByTime(4000)
      FakeSocket.last.say({ type: "beat", now: Date.now() / 1000 + 5 })
    }
    expect(control.state.kind).toBe("open")
    expect(control.clockOffset).toBeCloseTo(5, 1)
    vi.advanceTimersByTime(11_000)
    expect(control.state.kind).toBe("offline")
  })

  it("does not come back when the server will not have it", () => {
    FakeSocket.last.open()
    FakeSocket.last.say({ type: "bye", error: { code: "resume_refused", message: "" } })
    FakeSocket.last.close()
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all).toHaveLength(1)
    expect(control.state).toMatchObject({ kind: "closed", error: { code: "resume_refused" } })
  })

  it("comes back after it fell behind", () => {
    FakeSocket.last.welcome()
    FakeSocket.last.say({ type: "bye", error: { code: "behind", message: "" } })
    FakeSocket.last.close()
    vi.advanceTimersByTime(1000)
    expect(FakeSocket.all).toHaveLength(2)
  })

  it("does not wait for an attempt that hangs", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5)
    vi.advanceTimersByTime(8000)
    expect(control.state.kind).toBe("offline")
    vi.advanceTimersByTime(250)
    expect(FakeSocket.all).toHaveLength(2)
    globalThis.dispatchEvent(new Event("online"))
    expect(FakeSocket.all).toHaveLength(3)
    FakeSocket.all[1]?.welcome("too late")
    expect([control.state.kind, token]).toEqual(["connecting", "first"])
    FakeSocket.last.welcome()
    vi.advanceTimersByTime(9000)
    expect(control.state.kind).toBe("open")
  })

  it("slows down for a server that welcomes and breaks off at once", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5)
    for (const pause of [250, 500, 1000]) {
      const tried = FakeSocket.all.length
      FakeSocket.last.welcome()
      FakeSocket.last.close()
      vi.advanceTimersByTime(pause - 1)
      expect(FakeSocket.all).toHaveLength(tried)
      vi.advanceTimersByTime(1)
      expect(FakeSocket.all).toHaveLength(tried + 1)
    }
  })

  it("says nothing more to whoever closed it, and refuses what was on its way", async () => {
    FakeSocket.obliging = false
    FakeSocket.last.welcome()
    const asked = control.send({ type: "session.leave" }, "s")
    const told = states.length
    control.close()
    FakeSocket.last.event({ type: "queue.position", position: 1, estimate: null })
    await expect(asked).rejects.toMatchObject({ code: "offline" })
    expect([events.length, states.length]).toEqual([0, told])
  })

  it("hurries when the network is back", async () => {
    FakeSocket.last.welcome()
    FakeSocket.last.close()
    globalThis.dispatchEvent(new Event("online"))
    await settle()
    expect(FakeSocket.all).toHaveLength(2)
  })
})

describe("a refusal", () => {
  it("for want of a server at home is as if there were none", () => {
    expect(new Refused({ code: "unavailable", message: "no server is at home just now" }).code).toBe("offline")
    expect(new Refused({ code: "not_found", message: "" }).code).toBe("not_found")
  })
})
