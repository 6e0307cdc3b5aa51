import { expect, it } from "vitest"
import { stamp, there, zones } from "./zones"

const NOON = Date.UTC(2026, 10, 22, 12) / 1000
const OWN = Intl.DateTimeFormat().resolvedOptions().timeZone

it("tells the time at another place, and nothing where it is the same", () => {
  expect(stamp(NOON, "en-GB", "Pacific/Auckland")).toMatch(/Mon.*23.*Nov.*01:00/)
  expect(there(NOON, OWN, "en")).toBeNull()
  expect(there(NOON, "", "en")).toBeNull()
  expect(there(NOON, "Nowhere/At_all", "en")).toBeNull()
  const other = OWN === "Asia/Kolkata" ? "Pacific/Auckland" : "Asia/Kolkata"
  expect(there(NOON, other, "en")).toBe(stamp(NOON, "en", other))
})

it("names the zones, with the one in use", () => {
  expect(zones()).toContain("UTC")
  expect(zones("Old/Zone")).toContain("Old/Zone")
})
