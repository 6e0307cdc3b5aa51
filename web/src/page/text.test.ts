import { expect, test } from "vitest"
import { oneLine } from "./text"

test("one line of no more than so many characters", () => {
  expect(oneLine("\n A\t\u0000b\u007f c\r\n", 20)).toBe("A b  c")
  expect(oneLine("x".repeat(30), 20)).toBe("x".repeat(20))
  expect(oneLine(`${"x".repeat(19)}😀`, 20)).toBe("x".repeat(19))
})
