import { describe, expect, it } from "vitest"
import { Refused } from "../wire/control"
import { errorOf, fromField, NO_FILTER, query, toField } from "./api"

describe("the query of a filter", () => {
  it("asks for what is to be called", () => {
    expect(query(NO_FILTER, null)).toBe("state=scheduled%2Cqueued%2Cattempting")
    expect(query({ ...NO_FILTER, state: "any" }, "5_x")).toBe("after=5_x")
  })

  it("names what is chosen", () => {
    const filter = { text: " Élodie ", queue: "support", state: "done", agent: "a", period: "week" } as const
    expect(Object.fromEntries(new URLSearchParams(query(filter, null, 1_000_000)))).toEqual({
      text: "Élodie",
      queue: "support",
      state: "done",
      agent: "a",
      until: String(1000 + 7 * 86_400),
    })
  })

  it("ends today at midnight", () => {
    const noon = new Date(2026, 10, 22, 12).getTime()
    const until = Number(new URLSearchParams(query({ ...NO_FILTER, period: "today" }, null, noon)).get("until"))
    expect(until).toBe(new Date(2026, 10, 23).getTime() / 1000)
  })
})

describe("a refusal", () => {
  const refused = (code: string, field: string | null) => new Refused({ code, message: "", field } as never)
  it.each([
    ["bad_request", "number", "number"],
    ["conflict", "number", "exists"],
    ["conflict", "version", "version"],
    ["queue_closed", null, "hours"],
    ["server_error", null, null],
    ["bad_request", "nothing of ours", null],
  ])("%s of %s", (code, field, key) => {
    expect(errorOf(refused(code, field))).toEqual({ key, code })
  })
  it("of something else is ours", () => expect(errorOf(new Error("x"))).toEqual({ key: null, code: "server_error" }))
})

describe("day and time", () => {
  it("come back as they were", () => {
    const at = new Date(2026, 2, 29, 10, 15).getTime() / 1000
    expect(fromField(toField(at))).toBe(at)
    expect(fromField("")).toBeNull()
  })
})
