import { expect, test } from "vitest"
import { json } from "./json"

test("control characters stay behind, ends of lines and tabs go along", () => {
  expect(JSON.parse(json({ text: "a\u0000\u0007b\u001b[31m\n\tc\u007f", deep: [{ name: "\u0001x" }], n: 1 }))).toEqual({
    text: "ab[31m\n\tc",
    deep: [{ name: "x" }],
    n: 1,
  })
})

test("half of a character stays behind as well", () => {
  expect(JSON.parse(json({ text: "a\ud83d", whole: "\ud83d\ude00" }))).toEqual({ text: "a", whole: "😀" })
})
