import { expect, test } from "vitest"
import { NODE_LIMIT } from "./format"
import { DEPTH_LIMIT, Malformed, parse, read } from "./read"

const INIT = {
  root: { id: 1, children: [[2, 1, "html", 0, [[3, 1, "body", { class: "a" }, [[4, 3, "x"]]]]]] },
  width: 800,
  height: 600,
  scroll: [0, 0],
  address: "https://shop.example/",
  title: "Shop",
  focus: 0,
  dark: false,
}

test("messages of every kind are taken", () => {
  const events = [
    ["init", INIT],
    ["whole"],
    ["add", 3, 0, [[5, 1, "svg:path", { d: "M0 0" }, 0, { scroll: [0, 1], masked: true }]]],
    ["move", 3, 4, [5]],
    ["order", 3, [5, 4]],
    ["gone", [5]],
    ["text", 4, "y"],
    ["splice", 4, 0, 1, "z"],
    ["attr", 3, { class: null }],
    ["more", 3, { value: "•", top: "modal", picture: "a".repeat(64), media: [1, true] }],
    ["root", 3, "shadow", { id: 9, children: [], sheets: [1] }],
    ["sheet", 1, "a{}"],
    ["sheets", 9, [1]],
    ["css", 3, "a{}"],
    ["scroll", 0, 0, 10],
    ["size", 320, 480],
    ["cursor", [3, 0.5, 0.5]],
    ["cursor", null],
    ["click"],
    ["focus", 3],
    ["select", [4, 0, 4, 1]],
    ["select", null],
    ["title", "x"],
    ["address", "https://shop.example/a"],
  ]
  const message = [12.5, ...events]
  expect(read(message)).toBe(message)
})

const nested = (depth: number): unknown => {
  let node: unknown = [depth + 10, 3, ""]
  for (let at = depth; at > 0; at--) node = [at + 10, 1, "div", 0, [node]]
  return [0, ["add", 1, 0, [node]]]
}

test.each([
  ["null", null],
  ["no list", {}],
  ["no time", [["whole"]]],
  ["time that is none", [Number.NaN, ["whole"]]],
  ["event of Object's", [0, ["__proto__", 1]]],
  ["event of Object's", [0, ["constructor", 1]]],
  ["unknown event", [0, ["run", "x"]]],
  ["no id", [0, ["text", 0, "x"]]],
  ["part of an id", [0, ["text", 1.5, "x"]]],
  ["id beyond bounds", [0, ["text", 2 ** 31, "x"]]],
  ["text that is none", [0, ["text", 1, { toString: 1 }]]],
  ["long text", [0, ["text", 1, "x".repeat(5 << 20)]]],
  ["tag that is none", [0, ["add", 1, 0, [[2, 1, 3, 0, 0]]]]],
  ["attributes in a list", [0, ["add", 1, 0, [[2, 1, "a", ["href"], 0]]]]],
  ["attribute that is none", [0, ["attr", 1, { a: 1 }]]],
  ["more of Object's", [0, ["more", 1, JSON.parse('{"__proto__": {}}')]]],
  ["infinite scroll", [0, ["scroll", 1, Number.POSITIVE_INFINITY, 0]]],
  ["cursor far away", [0, ["cursor", [1, 1e9, 0]]]],
  ["picture that is none", [0, ["more", 1, { picture: "http://evil" }]]],
  ["size of nothing", [0, ["size", 0, 100]]],
  ["size of everything", [0, ["size", 1e9, 100]]],
  ["too deep", nested(DEPTH_LIMIT + 1)],
  ["very deep", nested(20_000)],
  ["too many", [0, ["gone", Array.from({ length: NODE_LIMIT + 1 }, (_, at) => at + 1)]]],
])("%s is refused", (_, value) => {
  expect(() => read(value)).toThrow(Malformed)
})

test("nesting without end is refused, not a lack of stack", () => {
  expect(() => parse(`[0,["add",1,0,${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}]]`)).toThrow(Malformed)
  expect(() => parse("[0,")).toThrow(Malformed)
  expect(() => read(nested(DEPTH_LIMIT - 1))).not.toThrow()
})
