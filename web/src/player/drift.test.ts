import { expect, test } from "vitest"
import { correct } from "./drift"

test("what is far off is sought, what is near is played out, what is in step is left alone", () => {
  expect(correct(0.2, 1, 1)).toEqual({ kind: "seek" })
  expect(correct(-0.2, 1, 1)).toEqual({ kind: "seek" })
  expect(correct(0.02, 1, 1)).toEqual({ kind: "rate", rate: 1 })
  const slower = correct(0.1, 1, 1)
  expect(slower.kind === "rate" && slower.rate).toBeLessThan(1)
  const faster = correct(-0.06, 1, 1)
  expect(faster.kind === "rate" && faster.rate).toBeGreaterThan(1)
})

test("a tweak goes on until it is really in step", () => {
  expect(correct(0.02, 0.95, 1)).not.toEqual({ kind: "rate", rate: 1 })
  expect(correct(0.005, 0.95, 1)).toEqual({ kind: "rate", rate: 1 })
})

test("fast replay allows proportionally more seconds of media", () => {
  expect(correct(0.4, 4, 4).kind).toBe("rate")
  expect(correct(0.7, 4, 4).kind).toBe("seek")
})
