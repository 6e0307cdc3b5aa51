import { expect, test } from "vitest"
import { KIND_OF, NEW, parse, path, SECTIONS, sectionOf } from "./route"

test("addresses and pages belong together", () => {
  expect(parse("/admin")).toEqual({ section: "queues", id: null })
  expect(parse("/admin/")).toEqual({ section: "queues", id: null })
  expect(parse(path("skills"))).toEqual({ section: "skills", id: null })
  expect(parse(path("skills", "a b/c"))).toEqual({ section: "skills", id: "a b/c" })
  expect(parse(`${path("skills", "french")}/`)).toEqual({ section: "skills", id: "french" })
  expect(parse(path("queues", NEW))).toEqual({ section: "queues", id: NEW })
})

test("an address that is not ours is no section", () => {
  for (const wrong of ["/admin/else", "/admin/queues/a/b", "/admin/queues/%e0%a4%a", "/administer"]) {
    expect(parse(wrong).section).toBeNull()
  }
})

test("every kind has one section", () => {
  const kinds = SECTIONS.flatMap((section) => KIND_OF[section] ?? [])
  expect(new Set(kinds).size).toBe(kinds.length)
  for (const section of SECTIONS) {
    const kind = KIND_OF[section]
    if (kind) expect(sectionOf(kind)).toBe(section)
  }
})
