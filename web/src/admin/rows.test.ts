import { expect, test } from "vitest"
import { inView } from "./rows"

test("rows in view have some beyond them, within the list", () => {
  expect(inView(0, 400, 2000, 40)).toEqual([0, 20])
  expect(inView(4000, 400, 2000, 40)).toEqual([90, 120])
  expect(inView(79_600, 400, 2000, 40)).toEqual([1980, 2000])
  expect(inView(4000, 400, 3, 40)).toEqual([3, 3])
  expect(inView(0, 400, 0, 40)).toEqual([0, 0])
})
