import { describe, expect, it } from "vitest"
import { fromView } from "./pagechecks"

const state = {
  epoch: 3,
  shown: true,
  whole: true,
  width: 800,
  height: 600,
  scale: 0.5,
  address: "https://a",
  title: "A",
}

describe("what the view says", () => {
  it.each([
    { type: "ready" },
    { type: "leave" },
    { type: "state", state },
    { type: "want", hashes: ["a".repeat(64)] },
    { type: "act", act: "1", epoch: 3, op: { op: "click", node: 5, x: 0.5, y: 0.5, modifiers: ["shift"] } },
    { type: "act", act: "1", epoch: 3, op: { op: "go", way: "back" } },
    { type: "point", epoch: 3, shown: { mark: "stroke", stroke: 1, points: [[1, 0, 0.5]] } },
    { type: "point", epoch: 3, shown: { mark: "pointer", at: null } },
    { type: "broken", why: "no init" },
    { type: "acts", acts: [{ at: 1, by: "Amélie", op: "click", outcome: "done", reason: null }] },
  ])("is taken: %o", (message) => {
    expect(fromView(message)).toBe(message)
  })

  it.each([
    null,
    "ready",
    { type: "toString" },
    { type: "ready", more: 1 },
    { type: "state", state: { ...state, width: "800" } },
    { type: "state", state: { ...state, title: undefined } },
    { type: "want", hashes: ["../secret"] },
    { type: "act", act: "1", epoch: 3, op: { op: "run", node: 1 } },
    { type: "act", act: "1", epoch: 3, op: { op: "click", node: -1, x: 0, y: 0 } },
    { type: "act", act: "1", epoch: 3, op: { op: "click", node: 1, x: Number.NaN, y: 0 } },
    { type: "act", act: "1", epoch: 3, op: { op: "click", node: 1, x: 0, y: 0, button: 7 } },
    { type: "act", act: "1", epoch: 3, op: { op: "insert", node: 1, text: "x".repeat(10_001) } },
    { type: "act", act: "", epoch: 3, op: { op: "go", way: "back" } },
    { type: "point", epoch: 3, shown: { mark: "stroke", stroke: 1, points: [] } },
    { type: "point", epoch: 0.5, shown: { mark: "wipe" } },
    { type: "acts", acts: [{ at: -1, by: "A", op: "click", outcome: null, reason: null }] },
  ])("is refused: %o", (message) => {
    expect(fromView(message)).toBeNull()
  })
})
