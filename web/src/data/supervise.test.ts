import { describe, expect, it, vi } from "vitest"
import type { AgentRow, QueueRow, SuperviseSnapshot, WaitingRow } from "../contract/messages"
import { Refused } from "../wire/control"
import {
  agentsOf,
  apply,
  EVERYBODY,
  fromSnapshot,
  inQueue,
  Supervise,
  serviceLevel,
  standing,
  trouble,
  waitingIn,
} from "./supervise"

const agent = (user: string, part: Partial<AgentRow> = {}): AgentRow => ({
  user,
  name: user,
  department: "",
  state: "ready",
  reason: null,
  since: 0,
  capacity: 1,
  queues: ["q"],
  groups: [],
  skills: [],
  missed: 0,
  in_hand: [],
  ...part,
})
const held = {
  contact: "c",
  medium: "session",
  customer: "Zoé Öst",
  queue: "q",
  state: "active",
  since: 0,
} as const
const queue = (part: Partial<QueueRow> = {}): QueueRow => ({
  id: "q",
  name: "Queue",
  waiting: 0,
  oldest: null,
  expected_wait: null,
  agents: 1,
  ready: 1,
  busy: 0,
  not_ready: 0,
  answered: 0,
  in_time: 0,
  offered: 0,
  service_seconds: 20,
  ...part,
})
const waits = (contact: string, part: Partial<WaitingRow> = {}): WaitingRow => ({
  contact,
  customer: "",
  queue: "q",
  medium: "session",
  arrived_at: 0,
  position: 1,
  priority: 0,
  offered_to: null,
  agent: null,
  ...part,
})
const snapshot = (part: Partial<SuperviseSnapshot> = {}): SuperviseSnapshot => ({
  type: "supervise.snapshot",
  agents: [],
  queues: [],
  waiting: [],
  alarms: [],
  names: { skills: [], groups: [] },
  ...part,
})

describe("the supervisor's picture", () => {
  it("changes row by row and leaves alone what is as it was", () => {
    const before = fromSnapshot(snapshot({ agents: [agent("a"), agent("b")], queues: [queue()] }))
    const after = apply(before, { type: "supervise.changed", agents: [agent("b", { missed: 2 })], agents_gone: ["a"] })
    expect([...after.agents.values()].map((row) => [row.user, row.missed])).toEqual([["b", 2]])
    expect(after.queues).toBe(before.queues)
    expect(before.agents.size).toBe(2)
  })

  it("offers no way back that would be refused: out of a queue that a group brings", () => {
    const view = fromSnapshot(
      snapshot({
        queues: [queue({ groups: ["first", "gone"] }), queue({ id: "r" })],
        names: { groups: [{ id: "first", name: "First line" }] },
      }),
    )
    const undo = (groups: string[], id: string, inside: boolean) =>
      inQueue(view, agent("a", { groups }), id, inside).undo
    expect(undo(["first"], "q", true)).toBeNull()
    const back = { type: "supervise.queue", agent: "a", queue: "q" }
    expect(undo(["first"], "q", false)).toEqual({ ...back, inside: true })
    // A group that is no more brings nobody.
    expect(undo(["other", "gone"], "q", true)).toEqual({ ...back, inside: false })
    expect(undo(["first"], "r", true)).toEqual({ ...back, queue: "r", inside: false })
  })

  it("watches again when the line is there again, and only while somebody looks", async () => {
    const sent: string[] = []
    const page = new Supervise(async (body) => void sent.push(body.type))
    page.linked()
    page.watch()
    page.linked()
    page.unwatch()
    page.linked()
    expect(sent).toEqual(["supervise.watch", "supervise.watch", "supervise.unwatch"])
    expect(page.receive({ type: "supervise.changed" })).toBe(true)
    expect(page.store.get()).toBe(null)
    expect(page.receive({ type: "typing", participant: "x" })).toBe(false)
  })
})

describe("a refusal to watch", () => {
  const refusing = (code: string) => {
    const answers = { code: code as string | null, asked: 0 }
    const page = new Supervise(async (body) => {
      if (body.type !== "supervise.watch") return
      answers.asked++
      if (answers.code) throw new Refused({ code: answers.code, message: "" } as never)
    })
    return { answers, page }
  }

  it("is told, and it is asked again after longer and longer pauses", async () => {
    vi.useFakeTimers()
    const { answers, page } = refusing("throttled")
    page.watch()
    await vi.advanceTimersByTimeAsync(0)
    expect(page.refused.get()).toBe("throttled")
    await vi.advanceTimersByTimeAsync(1000 + 2000)
    expect(answers.asked).toBe(3)
    answers.code = null
    await vi.advanceTimersByTimeAsync(4000)
    expect([answers.asked, page.refused.get()]).toEqual([4, null])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(answers.asked).toBe(4)
    vi.useRealTimers()
  })

  it("is asked about no more when nobody looks, and a lost line is none", async () => {
    vi.useFakeTimers()
    const gone = refusing("server_error")
    gone.page.watch()
    await vi.advanceTimersByTimeAsync(0)
    gone.page.unwatch()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(gone.answers.asked).toBe(1)
    const offline = refusing("offline")
    offline.page.watch()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([offline.answers.asked, offline.page.refused.get()]).toEqual([1, null])
    offline.answers.code = null
    offline.page.linked()
    expect(offline.answers.asked).toBe(2)
    vi.useRealTimers()
  })
})

describe("agents", () => {
  const view = fromSnapshot(
    snapshot({
      agents: [
        agent("off", { state: "offline" }),
        agent("busy", { in_hand: [held] }),
        agent("free", { department: "Métier", skills: [{ skill: "fr", level: 3 }] }),
        agent("lunch", { state: "not_ready", reason: "lunch", queues: [] }),
      ],
    }),
  )
  const found = (part: object) => agentsOf(view, { ...EVERYBODY, ...part }, "en").map((row) => row.user)

  it("stand in the order of use", () => {
    expect(found({})).toEqual(["free", "busy", "lunch", "off"])
    expect(standing(agent("x", { in_hand: [held], capacity: 2 }))).toBe("ready")
  })

  it("are found by state, queue, skill, and by words without accents", () => {
    expect(found({ standing: "here" })).toEqual(["free", "busy", "lunch"])
    expect(found({ standing: "busy" })).toEqual(["busy"])
    expect(found({ queue: "q" })).toEqual(["free", "busy", "off"])
    expect(found({ skill: "fr" })).toEqual(["free"])
    expect(found({ text: "metier" })).toEqual(["free"])
    expect(found({ text: "ost zoe" })).toEqual(["busy"])
    expect(found({ text: "nobody" })).toEqual([])
  })
})

describe("queues", () => {
  it("say what is the matter, the worst first", () => {
    expect(trouble(queue(), 100)).toBe(null)
    expect(trouble(queue({ waiting: 1, oldest: 90 }), 100)).toBe(null)
    expect(trouble(queue({ waiting: 1, oldest: 70 }), 100)).toBe("late")
    expect(trouble(queue({ waiting: 1, oldest: 70, ready: 0 }), 100)).toBe("nobody_here")
    expect(trouble(queue({ agents: 0, ready: 0 }), 100)).toBe("nobody")
  })

  it("reckon the service level from counts", () => {
    expect(serviceLevel(queue())).toBe(null)
    expect(serviceLevel(queue({ offered: 4, answered: 4, in_time: 3 }))).toBe(0.75)
  })

  it("show who waits in the order of the line", () => {
    const view = fromSnapshot(
      snapshot({ waiting: [waits("b", { position: 2 }), waits("c", { queue: "z" }), waits("a")] }),
    )
    expect(waitingIn(view, null).map((row) => row.contact)).toEqual(["a", "b", "c"])
    expect(waitingIn(view, "z").map((row) => row.contact)).toEqual(["c"])
  })
})
