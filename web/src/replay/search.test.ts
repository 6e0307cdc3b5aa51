import { expect, test } from "vitest"
import { find, parts, turn } from "./search"

test("case and accents do not matter", () => {
  expect(find(["Amélie joined", "nothing", "AMELIE left"], "amelie")).toEqual([0, 2])
  expect(find(["a"], "  ")).toEqual([])
})

test("hits are marked where they stand, and the pieces make the text again", () => {
  const pieces = parts("Écoute, écoute !", "ecoute")
  expect(pieces.filter((p) => p.found).map((p) => p.text)).toEqual(["Écoute", "écoute"])
  for (const text of ["e\u0301te\u0301 İstanbul 👩‍👩‍👧 ß", "", "x"]) {
    expect(
      parts(text, "e")
        .map((p) => p.text)
        .join(""),
    ).toBe(text)
  }
})

test("hits are gone through round and round, either way", () => {
  expect([turn(-1, 1, 3), turn(0, 1, 3), turn(2, 1, 3)]).toEqual([0, 1, 0])
  expect([turn(-1, -1, 3), turn(2, -1, 3), turn(0, -1, 3)]).toEqual([2, 1, 2])
})
