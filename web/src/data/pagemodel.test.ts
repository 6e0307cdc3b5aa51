import { expect, it } from "vitest"
import { fromSnapshot } from "../wire/view"
import * as model from "./pagemodel"
import { grant, participant, sessionSnapshot } from "./testing/made"

const sofia = participant({ id: "sofia", role: "agent", name: "Sofia", user: "sofia" })
const sam = participant({ id: "sam", role: "supervisor", name: "Sam", user: "sam" })
const gone = participant({ id: "gone", role: "agent", name: "Gone", user: "gone", left_at: 5 })
const people = [...sessionSnapshot().participants, sofia, sam, gone]
const sees = (holder: string) => grant({ id: `v-${holder}`, capability: "page_view", state: "granted", holder })
const controls = grant({ id: "c", capability: "page_control", state: "granted", holder: "sofia" })
const view = (grants: ReturnType<typeof grant>[]) => fromSnapshot(sessionSnapshot({ participants: people, grants }))

it("knows who else sees the page and acts there, as long as they are in", () => {
  const seen = view([sees("agent"), sees("sofia"), sees("sam"), sees("gone"), controls])
  expect(model.others(seen, "page_view").map((one) => one.name)).toEqual(["Sofia", "Sam"])
  expect(model.others(seen, "page_control").map((one) => one.name)).toEqual(["Sofia"])
})

it("tells what is held from what is asked and from what was", () => {
  expect(model.standing(view([]), "page_view")).toBe("no")
  expect(model.standing(view([grant({ capability: "page_view" })]), "page_view")).toBe("asked")
  expect(model.standing(view([sees("agent")]), "page_view")).toBe("granted")
  expect(model.standing(view([{ ...sees("agent"), state: "withdrawn" }]), "page_view")).toBe("no")
  expect(model.heldGrant(view([controls]), "page_control")).toBeNull()
  expect(model.heldGrant(view([sees("agent")]), "page_view")).toBe("v-agent")
})

it("names and colours each colleague apart from oneself and the customer", () => {
  const seen = view([])
  const all = [model.me(seen), model.customer(seen), ...model.colleagues(seen)]
  expect(all.map((one) => one.name)).toEqual(["Amélie Morel", "Jeanne Petit", "Sofia", "Sam", "Gone"])
  expect(new Set(all.map((one) => one.color)).size).toBe(all.length)
})

it("tells why the page does not go on, what is nearest first", () => {
  const tab = { id: "t", title: "", address: "", active: true, shown: true }
  const of = (page: object | null) => fromSnapshot({ ...sessionSnapshot(), page: page as never })
  const large = of({ type: "page.tabs", tabs: [tab], too_large: true })
  expect(model.whyNotTold(large, { kind: "open" })).toBe("too_large")
  expect(model.whyNotTold(large, { kind: "offline", retryAt: 0 })).toBe("offline")
  expect(model.whyNotTold(large, { kind: "closed", error: { code: "conflict", message: "" } })).toBe("refused")
  expect(model.whyNotTold(of({ type: "page.tabs", tabs: [tab] }), { kind: "open" })).toBeNull()
  expect(model.whyNotTold(of({ type: "page.tabs", tabs: [] }), { kind: "open" })).toBe("closed")
  expect(model.whyNotTold(of({ type: "page.tabs", tabs: [], paused: true }), { kind: "open" })).toBe("closed")
  expect(model.whyNotTold(of({ type: "page.tabs", tabs: [tab], paused: true }), { kind: "open" })).toBe("paused")
  expect(model.whyNotTold(of(null), { kind: "open" })).toBeNull()
})
