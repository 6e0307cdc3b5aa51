import { expect, test } from "vitest"
import { clockChange, dayIn, minutes, nextSpan, timeOf, weekdays } from "./hours"

test("times of a day are minutes", () => {
  expect([minutes("00:00"), minutes("09:30"), minutes("24:00")]).toEqual([0, 570, 1440])
  expect([timeOf(570), timeOf(1440)]).toEqual(["09:30", "24:00"])
})

test("a further span follows the last one and stays within the day", () => {
  expect(nextSpan([])).toEqual({ start: "09:00", to: "17:00" })
  expect(nextSpan([{ start: "08:00", to: "12:00" }])).toEqual({ start: "13:00", to: "17:00" })
  expect(nextSpan([{ start: "08:00", to: "21:00" }])).toEqual({ start: "22:00", to: "24:00" })
  expect(nextSpan([{ start: "08:00", to: "23:30" }])).toBeNull()
})

test("the week begins on Monday", () => {
  expect(weekdays("en")[0]).toBe("Monday")
  expect(weekdays("fr", "short")[6]).toBe("dim.")
})

test("days on which clocks change are known", () => {
  expect(clockChange("Europe/Paris", "2026-03-29")).toBe(60)
  expect(clockChange("Europe/Paris", "2026-10-25")).toBe(-60)
  expect(clockChange("Europe/Paris", "2026-10-26")).toBe(0)
  expect(clockChange("America/New_York", "2026-11-01")).toBe(-60)
  expect(clockChange("Asia/Kolkata", "2026-03-29")).toBe(0)
  expect(clockChange("UTC", "2026-03-29")).toBe(0)
})

test("an instant has a day in a zone", () => {
  const at = Date.UTC(2026, 10, 22, 23, 30)
  expect([dayIn("Europe/Paris", at), dayIn("UTC", at)]).toEqual(["2026-11-23", "2026-11-22"])
})
