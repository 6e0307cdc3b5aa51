import { expect, test } from "vitest"
import type { Event, Init } from "../page/format"
import { Model } from "./model"
import { PIECE, pieces } from "./slices"

const START: Init = {
  root: { id: 1, children: [[2, 1, "html", 0, [[3, 1, "body", { class: "a" }, [[4, 3, "x"]]]]]] },
  width: 800,
  height: 600,
  scroll: [0, 0],
  address: "https://shop.example/",
  title: "Shop",
  focus: 0,
  dark: false,
}

function model(...events: Event[]): Model {
  const made = new Model()
  for (const event of [["init", START] as const, ...events]) made.apply(event)
  return made
}

const body = (made: Model) => {
  const [init] = made.say() as [readonly ["init", Init]]
  const [html] = init[1].root.children
  return html?.[1] === 1 && html[4] !== 0 ? html[4][0] : null
}

test("events come to what a page comes to", () => {
  const made = model(
    ["add", 3, 4, [[5, 1, "p", 0, [[6, 3, "hello"]]]]],
    [
      "add",
      3,
      0,
      [
        [7, 1, "i", 0, 0],
        [8, 1, "b", 0, 0],
      ],
    ],
    ["splice", 6, 1, 3, "ipp"],
    ["attr", 3, { class: null, id: "z" }],
    ["order", 3, [8, 5, 4, 7]],
    ["move", 5, 0, [7]],
    ["gone", [4]],
    ["more", 8, { value: "a" }],
    ["more", 8, { checked: true }],
    ["root", 8, "shadow", { id: 9, children: [[10, 3, "s"]], sheets: [1] }],
    ["sheet", 1, "a{}"],
  )
  expect(body(made)).toEqual([
    3,
    1,
    "body",
    { id: "z" },
    [
      [8, 1, "b", 0, 0, { value: "a", checked: true, shadow: { id: 9, children: [[10, 3, "s"]] } }],
      [
        5,
        1,
        "p",
        0,
        [
          [6, 3, "hippo"],
          [7, 1, "i", 0, 0],
        ],
      ],
    ],
  ])
  expect(made.say().slice(1, 3)).toEqual([
    ["sheet", 1, "a{}"],
    ["sheets", 9, [1]],
  ])
})

test("what it says makes the same page again", () => {
  const made = model(["add", 3, 0, [[5, 1, "p", { a: "b" }, 0, { scroll: [1, 2] }]]], ["whole"], ["cursor", [5, 0, 1]])
  const again = new Model()
  for (const event of made.say()) again.apply(event)
  expect(again.say()).toEqual(made.say())
  expect(again.size).toBe(made.size)
})

test.each<[string, Event]>([
  ["unknown parent", ["add", 99, 0, []]],
  ["id that is there", ["add", 3, 0, [[4, 3, "y"]]]],
  ["move into itself", ["move", 3, 0, [2]]],
  ["unknown node", ["gone", [99]]],
  ["place of another parent", ["move", 3, 2, [4]]],
  ["children of a text", ["add", 4, 0, [[5, 3, ""]]]],
  ["splice beyond the end", ["splice", 4, 9, 0, "x"]],
])("%s changes nothing", (_, event) => {
  expect(model(event).say()).toEqual(model().say())
})

test("large events come in pieces that make the same page", () => {
  const rows = Array.from({ length: PIECE }, (_, at) => {
    const id = 100 + at * 3
    return [id, 1, "tr", 0, [[id + 1, 1, "td", 0, [[id + 2, 3, String(at)]]]]] as const
  })
  const event: Event = ["add", 3, 4, rows]
  const cut = [...pieces(event)]
  expect(cut.length).toBeGreaterThan(2)
  expect(model(...cut).say()).toEqual(model(event).say())
  const whole: Event = ["init", (model(event).say()[0] as readonly ["init", Init])[1]]
  const again = new Model()
  for (const piece of pieces(whole)) again.apply(piece)
  expect(again.say()).toEqual(model(event).say())
})

test("a chain is cut as well", () => {
  let node: readonly [number, 1, string, 0, 0 | readonly never[]] = [9000, 1, "div", 0, 0]
  for (let id = 8999; id > 8500; id--) node = [id, 1, "div", 0, [node] as unknown as never[]]
  const many = Array.from({ length: 6 }, (_, at) =>
    JSON.parse(JSON.stringify(node).replaceAll(/\b([89]\d{3})\b/g, `${at + 1}$1`)),
  )
  const event: Event = ["add", 3, 0, many]
  expect(model(...pieces(event)).say()).toEqual(model(event).say())
})
