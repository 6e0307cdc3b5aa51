import { describe, expect, it } from "vitest"
import { type Mistake, queryOf, wishesOf } from "./wishes"

const NOTHING = { queue: null, skills: null, details: null }

function told(said: Partial<Record<"queue" | "skills" | "details", unknown>>) {
  const mistakes: Mistake[] = []
  const wishes = wishesOf({ ...NOTHING, ...said }, (mistake) => mistakes.push(mistake))
  return { wishes, mistakes: mistakes.map(({ field, value, reason }) => `${field} ${value} ${reason}`) }
}

describe("what a page asks for", () => {
  it("goes on as it was said", () => {
    const said = { queue: "billing", skills: ["refunds", "French"], details: { Order: "A-1", Sum: 12, Paid: false } }
    const { wishes, mistakes } = told(said)
    expect(wishes).toEqual({ ...said, details: { Order: "A-1", Sum: "12", Paid: "false" } })
    expect(mistakes).toEqual([])
  })

  it.each([undefined, null])("is nothing where nothing is said: %j", (nothing) => {
    expect(told({ queue: nothing, skills: nothing, details: nothing })).toEqual({
      wishes: { queue: null, skills: [], details: {} },
      mistakes: [],
    })
    expect(told({ queue: "", skills: [], details: { "": "x", Empty: "", None: nothing } }).wishes).toEqual({
      queue: null,
      skills: [],
      details: {},
    })
  })

  it.each(["Order 4711", ["Order"], 4711])("takes no details that are no table: %j", (details) => {
    expect(told({ details }).wishes.details).toEqual({})
    expect(told({ details }).mistakes.join()).toMatch(/^details (string|object|number) invalid$/)
  })

  it("takes one skill for a list, and each once", () => {
    expect(told({ skills: "refunds" }).wishes.skills).toEqual(["refunds"])
    expect(told({ skills: ["a", "a", "b"] }).wishes.skills).toEqual(["a", "b"])
  })

  it("is no more than the server takes, and says what stays behind", () => {
    const details = Object.fromEntries([...Array(12).keys()].map((at) => [`n${at}`, at]))
    const { wishes, mistakes } = told({ skills: ["a", "b", "c", "d", "e", "f"], details })
    expect(wishes.skills).toHaveLength(5)
    expect(Object.keys(wishes.details)).toHaveLength(10)
    expect(mistakes).toEqual(["details n10 too_many", "details n11 too_many", "skills f too_many"])
  })

  it("is cut where it is too long, and is one line", () => {
    const { wishes, mistakes } = told({
      queue: "q".repeat(65),
      details: { Note: `${"x".repeat(199)}😀`, "a\nb": "c\u0000d" },
    })
    expect(wishes.queue).toHaveLength(64)
    expect(wishes.details).toEqual({ Note: "x".repeat(199), "a b": "c d" })
    expect(mistakes.map((text) => text.slice(0, 12))).toEqual(["details Note", "queue qqqqqq"])
  })

  it("leaves out what is no text, without the value being told", () => {
    const { wishes, mistakes } = told({
      queue: { id: 1 },
      skills: [{}, "a", null, () => 1],
      details: { Deep: { secret: "4711" }, None: null, "": "x", Fine: "y" },
    })
    expect(wishes).toEqual({ queue: null, skills: ["a"], details: { Fine: "y" } })
    expect(mistakes.join()).not.toContain("4711")
    expect(mistakes).toContain("details Deep invalid")
    expect(mistakes).toContain("queue object invalid")
  })

  it("is asked for in the address", () => {
    expect(queryOf({ queue: null, skills: [], details: { a: "b" } })).toBe("")
    expect(queryOf({ queue: "a b", skills: ["Français", "x&y"], details: {} })).toBe(
      "?skill=Fran%C3%A7ais&skill=x%26y&queue=a+b",
    )
  })
})
