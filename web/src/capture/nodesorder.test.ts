import { describe, expect, test } from "vitest"
import { staying, textChange } from "./nodesorder"

describe("what keeps its place", () => {
  test.each([
    [[], []],
    [
      [0, 1, 2],
      [1, 1, 1],
    ],
    [
      [2, 0, 1],
      [0, 1, 1],
    ],
    [
      [-1, 0, -1, 1],
      [0, 1, 0, 1],
    ],
    [
      [5, 1, 2, 9, 3, 4],
      [0, 1, 1, 0, 1, 1],
    ],
  ])("of %j", (places, stays) => {
    expect([...staying(places)]).toEqual(stays)
  })

  test("a long list backwards keeps one", () => {
    const places = Array.from({ length: 50_000 }, (_, i) => 50_000 - i)
    expect(staying(places).reduce((a, b) => a + b, 0)).toBe(1)
  })
})

describe("a text becomes another", () => {
  const after = (from: string, to: string) => {
    const event = textChange(1, from, to)
    if (event[0] === "text") return event[2]
    if (event[0] !== "splice") throw new Error(event[0])
    const [, , start, remove, insert] = event
    return from.slice(0, start) + insert + from.slice(start + remove)
  }
  const long = "The quick brown fox jumps over the lazy dog"

  test.each([
    ["", "abc"],
    ["abc", ""],
    ["aaaa", "aaa"],
    [long, `${long} and more`],
    [long, long.replace("brown", "red")],
    [long, long.replace("quick ", "")],
    [`${long}😀`, `${long}😁`],
    [`${long}${long}`, long],
  ])("%j to %j", (from, to) => {
    expect(after(from, to)).toBe(to)
  })

  test("only what is new in a long text is said", () => {
    expect(textChange(7, long, `${long}!`)).toEqual(["splice", 7, long.length, 0, "!"])
    expect(textChange(7, "one", "two")).toEqual(["text", 7, "two"])
  })
})
