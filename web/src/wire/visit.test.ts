import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Api } from "./http"
import { FakeSocket, grant, line, settle, snapshot } from "./testing"
import { TokenStore } from "./tokens"
import { Visit } from "./visit"

let store: TokenStore
let visit: Visit
let lost: string[][] = []

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal("WebSocket", FakeSocket)
  FakeSocket.reset()
  sessionStorage.clear()
  lost = []
  store = new TokenStore("test")
  store.put({ session: "s", reference: "K7", resume: "first", access: null })
  visit = new Visit({ api: new Api("https://desk.example"), store, changed: () => {}, lost: (what) => lost.push(what) })
})

afterEach(() => {
  visit.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function enter(part = {}): void {
  FakeSocket.last.welcome("second", "access")
  FakeSocket.last.event(snapshot(part))
}

describe("coming back", () => {
  it("keeps the newest tokens where a reload finds them", () => {
    enter()
    expect(new TokenStore("test").value).toMatchObject({ session: "s", resume: "second", access: "access" })
  })

  it("asks for what was missed", () => {
    enter()
    FakeSocket.last.event({ type: "line.added", line: line("a") }, 11)
    FakeSocket.last.close()
    vi.advanceTimersByTime(1000)
    FakeSocket.last.open()
    expect(FakeSocket.last.sent[0]).toMatchObject({ token: "second", since: { s: 11 } })
  })

  it("begins anew when what is kept is damaged or storage is forbidden", () => {
    sessionStorage.setItem("deskside:x", "{")
    expect(new TokenStore("x").value).toBeNull()
    vi.stubGlobal("sessionStorage", undefined)
    const none = new TokenStore("y")
    none.put({ session: "s", reference: "", resume: "r", access: null })
    expect(none.value?.resume).toBe("r")
  })
})

describe("chat", () => {
  it("shows what is on its way, once", async () => {
    enter()
    FakeSocket.obliging = false
    visit.say("hello")
    expect(visit.drafts).toMatchObject([{ text: "hello", state: "sending" }])
    const key = visit.drafts[0]?.key as string
    FakeSocket.last.event({ type: "line.added", line: line(`me-${key}`, "chat", { by: "me", text: "hello" }) }, 11)
    expect(visit.drafts).toEqual([])
  })

  it("goes out with the next connection, under the same key", async () => {
    enter()
    FakeSocket.last.close()
    visit.say("while away")
    await settle()
    expect(visit.drafts).toMatchObject([{ state: "sending" }])
    vi.advanceTimersByTime(1000)
    FakeSocket.last.welcome()
    await settle()
    expect(FakeSocket.last.bodies).toMatchObject([{ type: "chat.post", text: "while away" }])
    expect(visit.drafts).toEqual([])
  })

  it("outlives the page: what was not confirmed goes out from the next one, once", async () => {
    enter()
    FakeSocket.last.close()
    visit.say("while away")
    visit.typed("half a sen")
    const key = visit.drafts[0]?.key
    visit.close()
    store = new TokenStore("test")
    expect(store.value?.typed).toBe("half a sen")
    visit = new Visit({ api: new Api("https://desk.example"), store, changed: () => {} })
    expect(visit.drafts).toMatchObject([{ text: "while away", state: "sending" }])
    enter()
    await settle()
    expect(FakeSocket.last.bodies).toMatchObject([{ type: "chat.post", key, text: "while away" }])
    expect([visit.drafts, new TokenStore("test").value?.unsent]).toEqual([[], []])
  })

  it("shows a message once that had arrived before the line broke", () => {
    enter()
    FakeSocket.obliging = false
    visit.say("hello")
    const key = visit.drafts[0]?.key as string
    FakeSocket.last.event(snapshot({ seq: 20, lines: [line(`me-${key}`, "chat", { by: "me", text: "hello" })] }))
    expect(visit.drafts).toEqual([])
  })

  it("keeps what was refused, to be sent again", async () => {
    enter()
    FakeSocket.obliging = false
    visit.say("no")
    FakeSocket.last.reply(FakeSocket.last.commands[0]?.id ?? -1, "not_allowed")
    await settle()
    expect(visit.drafts).toMatchObject([{ state: "failed", code: "not_allowed" }])
    FakeSocket.obliging = true
    visit.retry(visit.drafts[0]?.key as string)
    await settle()
    expect(visit.drafts).toEqual([])
  })

  it("knows who writes, for a while", () => {
    enter()
    FakeSocket.last.event({ type: "typing", participant: "ag" })
    FakeSocket.last.event({ type: "typing", participant: "me" })
    expect(visit.writing).toEqual(["ag"])
    vi.advanceTimersByTime(5000)
    expect(visit.writing).toEqual([])
  })
})

describe("stop", () => {
  it("is carried out by the server, or repeated until it is", async () => {
    enter({ grants: [grant("page_view")] })
    FakeSocket.last.close()
    visit.stopAll()
    expect(visit.stopping).toBe("sent")
    await settle()
    vi.advanceTimersByTime(1000)
    FakeSocket.last.welcome()
    await settle()
    expect(FakeSocket.last.bodies).toEqual([{ type: "stop" }])
    expect(visit.stopping).toBe("done")
  })

  it("is over when something is shown again", async () => {
    enter()
    visit.stopAll()
    await settle()
    FakeSocket.last.event({ type: "grant.changed", grant: grant("screen_view") }, 11)
    expect(visit.stopping).toBe("no")
  })

  it("tells what is no longer held, whoever took it away", () => {
    enter({ grants: [grant("screen_view"), grant("hear")] })
    FakeSocket.last.event({ type: "grant.changed", grant: grant("screen_view", "ended") }, 11)
    expect(lost).toEqual([["screen_view"]])
  })
})
