import { describe, expect, it } from "vitest"
import { fresh } from "./items"
import { changedFields, compare, equal, merged } from "./merge"
import type { QueueItem } from "./types"

const base = { ...(fresh("queue") as QueueItem), id: "support", name: "Support" }

describe("two people change one item", () => {
  it("and fields that only one changed are no question", () => {
    const mine = { ...base, name: "Help" }
    const theirs = { ...base, priority: 5 }
    expect(compare(base, mine, theirs)).toEqual({ taken: ["priority"], clashes: [] })
    expect(merged(base, mine, theirs, {})).toEqual({ ...base, name: "Help", priority: 5 })
  })

  it("and where both changed the same field, one chooses", () => {
    const mine = { ...base, name: "Help", priority: 3 }
    const theirs = { ...base, name: "Aid", priority: 5 }
    expect(
      compare(base, mine, theirs)
        .clashes.map((clash) => clash.field)
        .sort(),
    ).toEqual(["name", "priority"])
    expect(merged(base, mine, theirs, { name: "theirs" })).toEqual({ ...base, name: "Aid", priority: 3 })
  })

  it("and the same change by both is none", () => {
    const both = { ...base, groups: ["gold"] }
    expect(compare(base, both, structuredClone(both))).toEqual({ taken: [], clashes: [] })
  })
})

describe("differences", () => {
  it("are found on every level, whatever the order of keys", () => {
    expect(equal({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 })).toBe(true)
    expect(equal({ a: 1 }, { a: 1, b: undefined })).toBe(false)
    expect(equal([1, 2], [2, 1])).toBe(false)
    expect(equal([], {})).toBe(false)
  })

  it("name every field of an item that came or went", () => {
    expect(changedFields(null, { id: "gold", name: "Gold" })).toEqual(["name"])
    expect(changedFields({ id: "gold", name: "Gold" }, null)).toEqual(["name"])
  })
})
