import { expect, test } from "vitest"
import { at, withAt } from "./path"

const item = { name: "a", steps: [{ after: 30 }, { after: 60, end: null }], callback: { attempts: 3 } }

test("a path finds what stands there", () => {
  expect(at(item, "name")).toBe("a")
  expect(at(item, "steps.1.after")).toBe(60)
  expect(at(item, "callback.attempts")).toBe(3)
  expect([at(item, "steps.7.after"), at(item, "name.more.still")]).toEqual([undefined, undefined])
})

test("a change at a path leaves the rest as it is", () => {
  const next = withAt(item, "steps.1.after", 90)
  expect(next).toEqual({ ...item, steps: [{ after: 30 }, { after: 90, end: null }] })
  expect(next.steps[0]).toBe(item.steps[0])
  expect(next.callback).toBe(item.callback)
  expect(item.steps[1]?.after).toBe(60)
  expect(withAt({ limits: {} }, "limits.voice", 1)).toEqual({ limits: { voice: 1 } })
})
