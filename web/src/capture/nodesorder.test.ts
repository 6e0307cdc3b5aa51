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
    [`${long}${long}`, `${long}x${long}`],
    [long.repeat(9), `${long.repeat(4)}!${long.repeat(5)}`],
    [`${long.repeat(9)}-${long.repeat(5)}`, long.repeat(14)],
  ])("%j to %j", (from, to) => {
    expect(after(from, to)).toBe(to)
  })

  test("a word that is typed sign by sign is said as a whole", () => {
    const canary = `CANARY-${"0123456789".repeat(6)}`.slice(0, 64)
    for (const [before, behind] of [
      [long.repeat(200), ""],
      [long.repeat(100), long.repeat(100)],
      ["", long.repeat(200)],
    ] as const) {
      const text = `${before}${canary}${behind}`
      for (const at of [0, 1, 30, 62, 63]) {
        const missing = text.slice(0, before.length + at) + text.slice(before.length + at + 1)
        const split = `${text.slice(0, before.length + at)} ${text.slice(before.length + at)}`
        for (const from of [missing, split]) expect(JSON.stringify(textChange(1, from, text))).toContain(canary)
      }
    }
  })

  test("only what is new in a long text is said, and what is around it", () => {
    const many = long.repeat(100)
    expect(textChange(7, many, `${many}!`)).toEqual(["splice", 7, many.length - 64, 64, `${many.slice(-64)}!`])
    expect(textChange(7, "one", "two")).toEqual(["text", 7, "two"])
  })
})
