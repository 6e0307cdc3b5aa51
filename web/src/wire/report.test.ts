import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Api } from "./http"
import { FakeSocket, settle, snapshot } from "./testing"
import { TokenStore } from "./tokens"
import { Visit } from "./visit"

let visit: Visit

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal("WebSocket", FakeSocket)
  FakeSocket.reset()
  sessionStorage.clear()
  new TokenStore("test").put({ session: "s", reference: "K7", resume: "first", access: null })
  visit = load()
})
afterEach(() => {
  visit.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function load(): Visit {
  return new Visit({ api: new Api("https://desk.example"), store: new TokenStore("test"), changed: () => {} })
}

function enter(): void {
  FakeSocket.last.welcome()
  FakeSocket.last.event(snapshot())
}

describe("what is not right", () => {
  it("is told once it is confirmed, and a reload still knows it", async () => {
    enter()
    visit.report.ask()
    visit.report.reason = " They want vouchers. "
    expect(FakeSocket.last.bodies).toEqual([])
    await visit.report.tell()
    expect(FakeSocket.last.bodies).toEqual([{ type: "session.report", reason: "They want vouchers." }])
    visit.close()
    visit = load()
    expect(visit.report.state).toBe("told")
    enter()
    await settle()
    expect(FakeSocket.last.bodies).toEqual([])
  })

  it("goes out with the next connection, after Stop", async () => {
    enter()
    FakeSocket.last.close()
    visit.stopAll()
    await visit.report.tell()
    expect(visit.report.state).toBe("sending")
    vi.advanceTimersByTime(1000)
    enter()
    await settle()
    expect(FakeSocket.last.bodies.map((body) => body.type)).toEqual(["stop", "session.report"])
    expect(visit.report.state).toBe("told")
  })

  it("outlives the page that could not tell it", async () => {
    enter()
    FakeSocket.last.close()
    visit.report.reason = "Vouchers"
    await visit.report.tell()
    visit.close()
    visit = load()
    enter()
    await settle()
    expect(FakeSocket.last.bodies).toEqual([{ type: "session.report", reason: "Vouchers" }])
  })

  it("is open again with what was typed when the server refuses it", async () => {
    enter()
    FakeSocket.obliging = false
    visit.report.reason = "Vouchers"
    const told = visit.report.tell()
    FakeSocket.last.reply(FakeSocket.last.commands[0]?.id ?? -1, "conflict")
    await told
    expect(visit.report).toMatchObject({ state: "failed", code: "conflict", reason: "Vouchers", open: true })
    expect(new TokenStore("test").value?.report).toBeNull()
  })
})
