import { expect, test } from "vitest"
import { reachOf } from "./maskreach"

test.each([
  [".total", "class", null],
  ["[data-a='x y']", "data-a", null],
  [".a\\ b", "class", null],
  [".secure .total", "class", "inside"],
  [".secure>.total", "class", "inside"],
  [".secure .total", "id", null],
  ["#a .total", "id", "inside"],
  ["[data-mode=x] p", "data-mode", "inside"],
  ["[ DATA-Mode ] p", "data-mode", "inside"],
  ["[data-mode=x] p", "data-other", null],
  ["form:is(.a .b)", "class", "inside"],
  ["dialog:open p", "open", "inside"],
  [".a + .b", "class", "around"],
  [".a~.b", "class", "around"],
  [".a:has(.b)", "class", "root"],
  [".total", null, null],
  [".a .b", null, null],
  ["td:nth-child(3)", null, "inside"],
  [".a + .b", null, "inside"],
  [".a:has(.b)", null, "root"],
] as const)("of %s, when %s changes: %s", (selector, attribute, reach) => {
  expect(reachOf([".x", selector, "#y"])(attribute)).toBe(reach)
})

test("the farthest of several holds", () => {
  for (const rules of [
    [".a .b", ".a + .b", ".a:has(.b)"],
    [".a:has(.b)", ".a + .b", ".a .b"],
  ]) {
    expect(reachOf(rules)("class")).toBe("root")
    expect(reachOf(rules)(null)).toBe("root")
  }
})
