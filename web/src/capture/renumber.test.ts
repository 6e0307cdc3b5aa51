import { describe, expect, it } from "vitest"
import type { Event } from "../page/format"
import { Renumber } from "./renumber"

const INIT: Event = [
  "init",
  {
    root: { id: 1, children: [[2, 1, "html", 0, [[3, 3, "text"]], { shadow: { id: 4, children: [], sheets: [1] } }]] },
    width: 1,
    height: 1,
    scroll: [0, 7],
    address: "",
    title: "",
    focus: 0,
    dark: false,
  },
]

function begin() {
  let next = 100
  const numbers = new Renumber(50, () => next++)
  return { numbers, first: numbers.events(INIT) }
}

describe("a frame's events", () => {
  it("become those of a part of the page", () => {
    const { numbers, first } = begin()
    expect(first).toEqual([
      [
        "root",
        50,
        "doc",
        {
          id: 100,
          children: [[101, 1, "html", 0, [[103, 3, "text"]], { shadow: { id: 102, children: [], sheets: [104] } }]],
        },
      ].map((part) => (typeof part === "object" ? expect.objectContaining({ id: 100 }) : part)),
      ["scroll", 100, 0, 7],
    ])
    const html = numbers.ownOf(101) === 2 ? 101 : 102
    expect(numbers.ownOf(html)).toBe(2)
    expect(numbers.ownOf(7)).toBe(0)
    expect(numbers.events(["add", 2, 3, [[5, 3, "more"]]])).toEqual([
      ["add", expect.any(Number), expect.any(Number), [[expect.any(Number), 3, "more"]]],
    ])
    expect(numbers.events(["text", 3, "x"])[0]?.[1]).toBeGreaterThan(99)
  })

  it("name no number that is not of the frame", () => {
    const { numbers } = begin()
    const all = JSON.stringify(
      (
        [
          ["add", 2, 0, [[9, 1, "p", 0, 0]]],
          ["move", 2, 3, [3, 77]],
          ["order", 2, [3, 77]],
          ["gone", [3, 77]],
          ["splice", 3, 0, 0, "a"],
          ["attr", 2, { a: "b" }],
          ["more", 2, { value: "x" }],
          ["css", 2, "p{}"],
          ["scroll", 2, 1, 1],
          ["cursor", [2, 0.5, 0.5]],
          ["focus", 2],
          ["select", [3, 0, 3, 1]],
          ["sheets", 4, [1, 2]],
        ] as Event[]
      ).map((event) => numbers.events(event)),
    )
    expect(all).not.toContain("77")
    for (const event of [
      ["text", 77, "x"],
      ["add", 77, 0, []],
      ["attr", 0, {}],
      ["scroll", 50, 1, 1],
    ] as Event[]) {
      expect(numbers.events(event)).toEqual([])
    }
  })

  it("take the numbers of what is gone with them, shadow roots and documents too", () => {
    const { numbers } = begin()
    const before = numbers.size
    const inner = { shadow: { id: 13, children: [[14, 3, "x"]] }, doc: { id: 15, children: [[16, 3, "x"]] } } as const
    for (let turn = 0; turn < 3; turn++) {
      numbers.events(["add", 2, 0, [[10, 1, "p", 0, [[11, 1, "b", 0, [[12, 3, "x"]], inner]]]]])
      expect(numbers.size).toBe(before + 7)
      numbers.events(["root", 11, "doc", { id: 17, children: [[18, 3, "x"]] }])
      expect(numbers.size).toBe(before + 7)
      expect(numbers.events(["text", 16, "x"])).toEqual([])
      expect(numbers.events(["text", 18, "x"])).toHaveLength(1)
      const [, [shown]] = numbers.events(["gone", [10]])[0] as ["gone", number[]]
      expect(numbers.ownOf(shown as number)).toBe(0)
      expect(numbers.size).toBe(before)
    }
  })

  it("keep the number of what had moved out of it, and lose what had moved in", () => {
    const { numbers } = begin()
    numbers.events([
      "add",
      2,
      0,
      [
        [20, 1, "p", 0, [[21, 3, "out"]]],
        [22, 3, "in"],
      ],
    ])
    numbers.events(["move", 2, 0, [21]])
    numbers.events(["move", 20, 0, [22]])
    numbers.events(["gone", [20]])
    expect(numbers.events(["text", 21, "x"])).toHaveLength(1)
    expect(numbers.events(["text", 22, "x"])).toEqual([])
  })

  it("that say what cannot be leave nothing to go round in", () => {
    const { numbers } = begin()
    numbers.events(["add", 2, 0, [[30, 1, "p", 0, [[31, 1, "p", 0, 0]]]]])
    numbers.events(["move", 31, 0, [30]])
    expect(numbers.events(["gone", [30]])).toHaveLength(1)
    expect(numbers.events(["text", 31, "x"])).toEqual([])
  })

  it("that are about the whole page are left out", () => {
    const { numbers } = begin()
    for (const event of [["whole"], ["size", 1, 1], ["title", "x"], ["address", "x"]] as Event[]) {
      expect(numbers.events(event)).toEqual([])
    }
  })

  it("that cannot be are refused", () => {
    const { numbers } = begin()
    expect(() => numbers.events(["add", 2, 0, [[3, 3, "again"]]])).toThrow(RangeError)
    expect(() => numbers.events(["add", 2, 0, [[-1, 3, "x"]]])).toThrow(RangeError)
    expect(() => numbers.events(["add", 2, 0, null as never])).toThrow(TypeError)
  })
})
