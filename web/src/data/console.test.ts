import { beforeEach, describe, expect, it, vi } from "vitest"
import type { ServerBody, UserInfo } from "../contract/messages"
import { Refused } from "../wire/control"
import { Console, type Happening } from "./console"
import { deskSnapshot, info, line, offer, participant, sessionSnapshot } from "./testing/made"

const user: UserInfo = {
  id: "amelie",
  name: "amelie",
  display_name: "Amélie Morel",
  department: "",
  language: "en",
  roles: ["agent"],
  permissions: ["session.agent"],
}

let engine: Console
let happened: Happening[]
let seq: number

function hears(body: ServerBody, session: string | null = null, durable = false): void {
  engine.receive({ type: "event", session, seq: durable ? ++seq : 0, at: 0, body })
}

const snapshotOf = (id: string) => sessionSnapshot({ session: info({ id }) })

beforeEach(() => {
  sessionStorage.clear()
  vi.useFakeTimers({ now: 110_000 })
  engine = new Console(user)
  happened = []
  seq = 1
  engine.onHappening = (one) => happened.push(one)
  hears(deskSnapshot())
})

describe("the console", () => {
  it("brings the first session to the front, and leaves the front alone for the next", () => {
    hears(snapshotOf("s1"), "s1")
    hears(snapshotOf("s2"), "s2")
    expect(engine.state.get().front).toBe("s1")
    expect(engine.state.get().desk?.sessions).toEqual(["s1", "s2"])
  })

  it("brings a session of one's own making to the front", () => {
    hears(snapshotOf("s1"), "s1")
    engine.expect("s2")
    hears(snapshotOf("s2"), "s2")
    expect(engine.state.get().front).toBe("s2")
  })

  it("counts what was not read, until it is in front", () => {
    hears(snapshotOf("s1"), "s1")
    hears(snapshotOf("s2"), "s2")
    hears({ type: "line.added", line: line({ text: "hello" }) }, "s2", true)
    hears({ type: "line.added", line: line({ id: "l2", by: "agent" }) }, "s2", true)
    expect(engine.state.get().unread.s2).toBe(1)
    engine.toFront("s2")
    expect(engine.state.get().unread.s2).toBe(0)
    hears({ type: "line.added", line: line({ id: "l3" }) }, "s2", true)
    expect(engine.state.get().unread.s2).toBe(0)
    engine.reading(false)
    hears({ type: "line.added", line: line({ id: "l4" }) }, "s2", true)
    expect(engine.state.get().unread.s2).toBe(1)
  })

  it("shows a message that is in the log no more as one on its way", () => {
    hears(snapshotOf("s1"), "s1")
    const key = () => engine.outbox.store.get()[0]?.key
    engine.outbox.post("s1", "hello", "everyone")
    hears({ type: "line.added", line: line({ id: `agent-${key()}`, by: "agent" }) }, "s1", true)
    expect(engine.outbox.store.get()).toEqual([])
    engine.outbox.post("s1", "hello again", "everyone")
    const lines = [line({ id: `agent-${key()}`, by: "agent" })]
    hears(sessionSnapshot({ session: info({ id: "s1" }), lines }), "s1")
    expect(engine.outbox.store.get()).toEqual([])
  })

  it("tells of a new offer once", () => {
    hears({ type: "desk.changed", offers: [offer()] })
    hears({ type: "desk.changed", offers: [offer({ question: "?" })] })
    expect(happened.map((one) => one.kind)).toEqual(["offer"])
  })

  it("tells once that the customer left", () => {
    hears(snapshotOf("s1"), "s1")
    hears({ type: "participant.changed", participant: participant({ left_at: 9 }) }, "s1", true)
    hears({ type: "participant.changed", participant: participant({ left_at: 9 }) }, "s1", true)
    expect(happened.map((one) => one.kind)).toEqual(["left"])
  })

  it("keeps an ended session open while it is in front or has to be wrapped up", () => {
    for (const id of ["s1", "s2", "s3"]) hears(snapshotOf(id), id)
    const wrap_ups = [{ contact: "c3", session: "s3", customer: "", queue: null, deadline: null }]
    for (const id of ["s1", "s2", "s3"]) {
      hears({ type: "session.changed", session: info({ id, state: "ended" }) }, id, true)
    }
    hears({ type: "desk.changed", wrap_ups, sessions_gone: ["s1", "s2", "s3"] })
    expect(Object.keys(engine.state.get().views).sort()).toEqual(["s1", "s3"])
    hears({ type: "desk.changed", wrap_ups_gone: ["c3"] })
    expect(Object.keys(engine.state.get().views)).toEqual(["s1"])
    engine.close("s1")
    expect(engine.state.get().front).toBe(null)
  })

  it("puts a session away at once that goes on without oneself", () => {
    hears(snapshotOf("s1"), "s1")
    hears({ type: "desk.changed", sessions_gone: ["s1"] })
    expect(engine.state.get().views).toEqual({})
  })

  it("shows who is writing, for a while", () => {
    hears(snapshotOf("s1"), "s1")
    hears({ type: "typing", participant: "customer" }, "s1")
    hears({ type: "typing", participant: "agent" }, "s1")
    expect(Object.keys(engine.state.get().typing)).toEqual(["s1 customer"])
    vi.advanceTimersByTime(5000)
    expect(engine.state.get().typing).toEqual({})
  })

  it("drops after a break what is no longer its own", () => {
    for (const id of ["s1", "s2"]) hears(snapshotOf(id), id)
    hears(deskSnapshot({ sessions: ["s2"] }))
    expect(Object.keys(engine.state.get().views)).toEqual(["s2"])
    expect(engine.state.get().front).toBe("s2")
    expect(happened.map((one) => one.kind)).toEqual(["taken"])
  })

  it("says of messages that can go nowhere any more that they were not sent", () => {
    hears(snapshotOf("s1"), "s1")
    engine.outbox.post("s1", "hello", "everyone")
    hears(deskSnapshot({ sessions: [] }))
    expect(happened.at(-1)).toEqual({ kind: "unsent", count: 1 })
    expect(engine.outbox.store.get()).toEqual([])
  })

  it("goes on from one change of the team bar to the next, and back to the server's when it is refused", async () => {
    hears(deskSnapshot({ bar: ["a", "b", "c"] }))
    const answers: ((fail: boolean) => void)[] = []
    engine.send = () =>
      new Promise((done, fail) => {
        answers.push((wrong) => (wrong ? fail(new Refused({ code: "bad_request", message: "" })) : done()))
      })
    const bar = () => engine.state.get().desk?.bar.join("")
    const first = engine.bar.put(["b", "a", "c"])
    expect(bar()).toBe("bac")
    const second = engine.bar.put(["b", "c", "a"])
    hears({ type: "desk.changed", bar: ["b", "a", "c"] })
    expect(bar()).toBe("bca")
    answers[0]?.(false)
    await first
    expect(bar()).toBe("bca")
    answers[1]?.(true)
    await second
    expect(bar()).toBe("bac")
    hears({ type: "desk.changed", bar: ["c"] })
    expect(bar()).toBe("c")
  })

  it("takes nothing for an answer that no server gave", async () => {
    expect(await engine.act({ type: "agent.state", state: "ready" })).toBe(false)
    expect(happened.map((one) => one.kind)).toEqual(["refused"])
  })
})
