import { expect, test } from "vitest"
import type { Line, TimedEvent } from "../contract/messages"
import { apply } from "../wire/view"
import { part, session } from "./testing/fakes"
import { durationOf, History, lanes, neighbour } from "./timeline"

function line(n: number, text = `line ${n}`): Line {
  return { id: `l${n}`, at: n, kind: "chat", by: "p1", by_name: "Jeanne", text }
}

function chat(count: number): TimedEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    at: i,
    seq: i + 1,
    body: { type: "line.added", line: line(i) },
  }))
}

test("the state at a time is what the live reducer makes of the events so far, in any order of asking", () => {
  const events = chat(230)
  const history = new History(events, session)
  const fresh = (count: number) =>
    events.slice(0, count).reduce((view, e) => apply(view, e as Parameters<typeof apply>[1]), history.after(0))
  for (const count of [0, 1, 49, 50, 51, 229, 230, 120, 3, 100, 99, 230, 0, 149, 151]) {
    expect(history.after(count)).toEqual(fresh(count))
  }
  expect(history.at(10.5).lines).toHaveLength(11)
  expect(history.at(-1).lines).toHaveLength(0)
  expect(history.countAt(1e9)).toBe(230)
})

test("events count in the order of their numbers, and what is no event is passed over", () => {
  const [a, b, c] = chat(3) as [TimedEvent, TimedEvent, TimedEvent]
  const history = new History([{ ...c, at: 1.5 }, a, { at: 0, seq: 9, body: null }, { ...b, at: 2 }], session)
  expect(history.length).toBe(3)
  expect(history.at(1.9).lines.map((l) => l.id)).toEqual(["l0"])
  expect(history.at(2).lines.map((l) => l.id)).toEqual(["l0", "l1", "l2"])
})

test("a changed line keeps the place where it was first said", () => {
  const history = new History(
    [...chat(2), { at: 8, seq: 3, body: { type: "line.added", line: line(0, "changed") } }],
    session,
  )
  expect(history.entries().map((e) => [e.at, e.line.text])).toEqual([
    [0, "changed"],
    [1, "line 1"],
  ])
  expect(history.at(1).lines[0]?.text).toBe("line 0")
})

test("consents are in force from grant to withdrawal, or to the end", () => {
  const grant = (at: number, seq: number, id: string, state: string): TimedEvent => ({
    at,
    seq,
    body: {
      type: "grant.changed",
      grant: { id, capability: "screen_view", giver: "p1", holder: "p2", state, asked_at: 0 },
    },
  })
  const events = [grant(1, 1, "g", "asked"), grant(2, 2, "g", "granted"), grant(5, 3, "g", "withdrawn")]
  const history = new History([...events, grant(6, 4, "h", "granted")], session)
  expect(history.spans(20).map(({ from, to }) => [from, to])).toEqual([
    [2, 5],
    [6, 20],
  ])
})

test("lanes join a track's parts: voices first, the customer's first", () => {
  const found = lanes([
    part("d", "camera", 1, 2),
    part("c", "screen", 9, 12),
    part("b", "screen", 1, 5),
    part("e", "mic", 0, 5, "p2"),
    part("a", "mic", 0, 5),
  ])
  expect(found.map((lane) => lane.parts.map((p) => p.id).join())).toEqual(["a", "e", "b,c", "d"])
})

test("the next mark is after the playhead; the one before lets a moment pass", () => {
  const marks = [1, 5, 9]
  expect(neighbour(marks, 5, 1)).toBe(9)
  expect(neighbour(marks, 9, 1)).toBeNull()
  expect(neighbour(marks, 5.5, -1)).toBe(1)
  expect(neighbour(marks, 7, -1)).toBe(5)
})

test("the timeline reaches to its last part", () => {
  expect(durationOf({ began_at: 0, duration: 10, parts: [part("a", "mic", 0, 12)], events: [] })).toBe(12)
})
