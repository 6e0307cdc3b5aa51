import { describe, expect, it } from "vitest"
import { toField } from "./api"
import { creation, edition, fieldsOf, meanwhile, readLeft, withTheirs } from "./form"
import { made } from "./testing/made"

const base = made()
const opened = fieldsOf(base, null)

describe("what is sent", () => {
  it("is all of a new callback, with the customer's zone", () => {
    const at = new Date(2026, 10, 22, 10).getTime() / 1000
    const fields = {
      ...fieldsOf(null, "support"),
      name: " Zoé ",
      when: "at",
      time: toField(at),
      zone: "Asia/Tokyo",
    } as const
    expect(creation(fields, "FR", "fr")).toMatchObject({ name: "Zoé", queue: "support", at, zone: "Asia/Tokyo" })
  })

  it("is of a change only what became another", () => {
    const sent = edition(base, { ...opened, note: "card ", only: true })
    const named = Object.entries(sent).filter(([, value]) => value !== null)
    expect(Object.fromEntries(named)).toEqual({ version: 1, note: "card", agent_only: true })
    expect(edition(base, { ...opened, when: "soon" }, 77).at).toBe(77)
    expect(edition(made({ agent: "sofia" }), { ...opened, agent: null }).agent).toBe("")
  })
})

describe("a callback that somebody changed meanwhile", () => {
  it("takes over what only they changed, and asks about what both did", () => {
    const theirs = made({ name: "Jeanne Petit", note: "refund", queue: "billing", version: 2 })
    const mine = { ...opened, note: "card", email: "j@example.org" }
    const found = meanwhile(base, theirs, mine)
    expect([found.taken, found.clashes]).toEqual([["name", "queue"], ["note"]])
    expect(found.fields).toEqual({ ...mine, name: "Jeanne Petit", queue: "billing" })
    expect(withTheirs(found.fields, theirs, "note").note).toBe("refund")
    const sent = Object.entries(edition(theirs, found.fields)).filter(([, value]) => value !== null)
    expect(Object.fromEntries(sent)).toEqual({ version: 2, note: "card", email: "j@example.org" })
  })

  it("has no clash where both mean the same", () => {
    expect(meanwhile(base, made({ note: "card" }), { ...opened, note: "card" }).clashes).toEqual([])
  })

  it("tells of another time, another number, another agent", () => {
    const theirs = made({ at: 9000, number: "+44 •••••••18", agent: "sofia", agent_only: true })
    const quiet = meanwhile(base, theirs, opened)
    expect(quiet.taken).toEqual(["number", "at", "agent"])
    expect(quiet.fields).toMatchObject({
      number: "",
      when: "unchanged",
      agent: "sofia",
      only: true,
      time: toField(9000),
    })
    const loud = meanwhile(base, theirs, { ...opened, when: "soon", number: "+33 1", agent: "tom" })
    expect(loud.clashes).toEqual(["number", "at", "agent"])
    expect(withTheirs(loud.fields, theirs, "agent")).toMatchObject({ agent: "sofia", only: true, when: "soon" })
  })
})

describe("a form that was left", () => {
  it("comes back as it was", () => {
    const left = { base, fields: { ...opened, note: "half a wor" } }
    expect(readLeft(JSON.stringify(left), fieldsOf(null, "support"))).toEqual(left)
  })
  it.each(["", "{}", "[]", "null", '{"base":null,"fields":{"name":7}}', '{"base":{},"fields":{}}'])("not: %s", (text) =>
    expect(readLeft(text, opened)).toBeNull(),
  )
})
