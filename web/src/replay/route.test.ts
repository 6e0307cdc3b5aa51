import { expect, test } from "vitest"
import { parse, paths } from "./route"

test("addresses and pages belong together", () => {
  expect(parse("/audit")).toEqual({ page: "list" })
  expect(parse("/audit/")).toEqual({ page: "list" })
  expect(parse(paths.detail("s1"))).toEqual({ page: "detail", session: "s1" })
  expect(parse("/audit/s1/replay", "?t=12.5")).toEqual({ page: "replay", session: "s1", at: 12.5 })
  expect(parse("/audit/s1/replay")).toEqual({ page: "replay", session: "s1", at: null })
  expect(parse("/audit/s1/else")).toEqual({ page: "unknown" })
  expect(parse("/audit/..%2f")).toEqual({ page: "unknown" })
})
