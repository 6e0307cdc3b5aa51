import { expect, it } from "vitest"
import { harmless } from "./names"

it.each([
  ["report.pdf", "report.pdf"],
  ["evil\u202efdp.exe", "evil_fdp.exe"],
  ["a\u200bb\u2066c\ufeff", "a_b_c_"],
  ["a\u2028b\u2029c\nd", "a_b_c_d"],
  ["..\\..\\C:\\a/b?.txt", "b_.txt"],
  [".bashrc.", "bashrc"],
  ["con.txt", "_con.txt"],
  ["👩\u200d👧 été.png", "👩\u200d👧 été.png"],
  ["\u202e", "_"],
  ["..", "file"],
])("%j lands as %j", (given, lands) => {
  expect(harmless(given)).toBe(lands)
})

it("cuts a long one before its ending", () => {
  const lands = harmless(`${"x".repeat(300)}.pdf`)
  expect(lands).toBe(`${"x".repeat(196)}.pdf`)
})
