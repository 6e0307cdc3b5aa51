import { describe, expect, it } from "vitest"
import { chosenBy, stepped } from "./listkeys"

const KEYS = ["a", "b", "c", "d"]

describe("keys in the list", () => {
  it("lead to rows, and never out of it", () => {
    const to = (key: string) => stepped(key, 2, 100, 10)
    expect(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "x"].map(to)).toEqual([
      1,
      3,
      0,
      12,
      0,
      99,
      null,
    ])
    expect(stepped("ArrowDown", 99, 100, 10)).toBe(99)
    expect(stepped("End", 0, 0, 10)).toBe(0)
  })

  it("choose one, several, or a whole stretch", () => {
    const chosen = new Set(["a"])
    expect([...chosenBy(KEYS, chosen, 0, 1, 1, { toggle: true })]).toEqual(["a", "b"])
    expect([...chosenBy(KEYS, chosen, 1, 0, 0, { toggle: true })]).toEqual([])
    expect([...chosenBy(KEYS, chosen, 2, 0, 2, { extend: true })]).toEqual(["a", "b", "c"])
    expect([...chosenBy(KEYS, chosen, 0, 3, 3, {})]).toEqual([])
    expect(chosenBy(KEYS, chosen, 0, 3, 3, { keep: true })).toBe(chosen)
  })
})
