import { describe, expect, it } from "vitest"
import { copyOf, emptyFields, find, fresh, idFor, labelIn, put, readLabel, withId, writeLabel } from "./items"
import { emptyConfiguration } from "./testing"
import type { AgentItem, QueueItem } from "./types"

describe("labels", () => {
  it("are one text or texts by language, and come back as they were", () => {
    for (const label of ["Break", '{"en":"Break","fr":"Pause"}', '{"de":"Pause","en":"Break"}', "{not json", ""]) {
      expect(writeLabel(readLabel(label))).toBe(label)
    }
  })

  it("are read in the language, else in English, else in any", () => {
    expect(labelIn('{"en":"Break","fr":"Pause"}', "fr")).toBe("Pause")
    expect(labelIn('{"en":"Break"}', "fr")).toBe("Break")
    expect(labelIn('{"de":"Pause"}', "fr")).toBe("Pause")
    expect(labelIn("Break", "fr")).toBe("Break")
  })

  it("that say the same everywhere are one text", () => {
    expect(writeLabel({ en: "Menu", fr: "Menu" })).toBe("Menu")
    expect(writeLabel({ en: "Menu", fr: "" })).toBe('{"en":"Menu"}')
  })
})

describe("a new item", () => {
  it("gets an id of its name that nobody has", () => {
    expect(idFor("Réclamations & litiges", [])).toBe("reclamations_litiges")
    expect(idFor("Gold", ["gold", "gold_2"])).toBe("gold_3")
    expect(idFor("東京", [])).toBe("item")
    const configuration = put(emptyConfiguration(), "group", "gold", { id: "gold", name: "Gold" })
    expect(withId("group", { id: "", name: "Gold" }, configuration)).toEqual({ id: "gold_2", name: "Gold" })
  })

  it("is put, found and taken out", () => {
    const one = put(emptyConfiguration(), "skill", "french", { id: "french", name: "French" })
    expect(find(one, "skill", "french")).toEqual({ id: "french", name: "French" })
    const other = put(one, "skill", "french", { id: "french", name: "Français" })
    expect(find(other, "skill", "french")?.name).toBe("Français")
    expect(put(other, "skill", "french", null).skills).toEqual([])
  })

  it("may be a copy, which is never the default queue", () => {
    const queue: QueueItem = { ...(fresh("queue") as QueueItem), id: "support", name: "Support", default: true }
    expect(copyOf("queue", queue, " (copy)")).toMatchObject({ id: "", name: "Support (copy)", default: false })
    const reason = { id: "break", label: '{"en":"Break","fr":"Pause"}' }
    expect(copyOf("reason", reason, " 2")).toEqual({ id: "", label: '{"en":"Break 2","fr":"Pause 2"}' })
  })
})

describe("a field left empty", () => {
  const fields = (kind: "queue" | "agent", item: QueueItem | AgentItem) =>
    emptyFields(kind, "x", item).map((problem) => problem.field)

  it("is told where it must not be", () => {
    const queue = { ...(fresh("queue") as QueueItem), name: "Support" }
    expect(fields("queue", queue)).toEqual([])
    expect(fields("queue", { ...queue, name: " " })).toEqual(["name"])
    const step = { after: null as unknown as number, groups: [], lower: 0, drop: [], end: null }
    expect(fields("queue", { ...queue, steps: [step] })).toEqual(["steps.0.after"])
    expect(fields("queue", { ...queue, wrap_up_seconds: Number.NaN })).toEqual(["wrap_up_seconds"])
  })

  it("is a choice of its own where it may be", () => {
    const queue = { ...(fresh("queue") as QueueItem), name: "Support", wrap_up_seconds: null, hours: null }
    expect(fields("queue", queue)).toEqual([])
    expect(fields("agent", fresh("agent") as AgentItem)).toEqual(["id"])
  })
})
