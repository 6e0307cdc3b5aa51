import { describe, expect, it } from "vitest"
import type { FolderEntry } from "../contract/messages"
import {
  above,
  arranged,
  into,
  jump,
  keyIn,
  merged,
  nameTrouble,
  type Place,
  samePlace,
  shownName,
} from "./foldermodel"

const file = (name: string, part: Partial<FolderEntry> = {}): FolderEntry => ({ name, kind: "file", ...part })
const folder = (name: string, part: Partial<FolderEntry> = {}): FolderEntry => ({ name, kind: "folder", ...part })
const root: Place = { root: "r1", title: "Documents", path: [] }
const names = (entries: readonly FolderEntry[]) => entries.map((one) => one.name)

describe("places", () => {
  it("lead down through folders, and up again to the roots", () => {
    expect(into(null, folder("Documents", { root: "r1" }))).toEqual(root)
    expect(into(null, folder("Documents"))).toBe(null)
    const old = into(root, folder("Old"))
    expect(old).toEqual({ ...root, path: ["Old"] })
    expect(into(root, file("a"))).toBe(null)
    expect(into(root, { name: "l", kind: "link" })).toBe(null)
    expect(old && above(old)).toEqual(root)
    expect(above(root)).toBe(null)
    expect([old && keyIn(old), keyIn(root)]).toEqual(["Old", "r1"])
  })

  it("are the same by root and path", () => {
    expect(samePlace({ ...root, path: ["a"] }, { ...root, path: ["a"] })).toBe(true)
    expect(samePlace({ ...root, path: ["a"] }, { ...root, path: ["b"] })).toBe(false)
    expect(samePlace(root, { ...root, root: "r2" })).toBe(false)
    expect([samePlace(null, null), samePlace(root, null)]).toEqual([true, false])
  })
})

describe("the list", () => {
  const entries = [file("b10", { size: 5 }), file("b9", { size: 7, changed: 3 }), folder("z"), file("É"), file("d")]

  it("has folders first, then goes by what was chosen, and by name where that is equal", () => {
    expect(names(arranged(entries, { by: "name", down: false }, "", "en"))).toEqual(["z", "b9", "b10", "d", "É"])
    expect(names(arranged(entries, { by: "name", down: true }, "", "en"))).toEqual(["z", "É", "d", "b10", "b9"])
    expect(names(arranged(entries, { by: "size", down: true }, "", "en"))).toEqual(["z", "b9", "b10", "d", "É"])
    expect(names(arranged(entries, { by: "changed", down: false }, "", "en")).at(-1)).toBe("b9")
  })

  it("is filtered by any part of the name, however it is written", () => {
    expect(names(arranged(entries, { by: "name", down: false }, " B1 ", "en"))).toEqual(["b10"])
    expect(names(arranged(entries, { by: "name", down: false }, "é", "fr"))).toEqual(["É"])
    expect(arranged(entries, { by: "name", down: false }, "none", "en")).toEqual([])
  })

  it("is jumped in by letters: one goes on, more stay", () => {
    const list = [file("alpha"), file("beta"), file("Bravo"), file("gamma")]
    expect(jump(list, 0, "b", "en")).toBe(1)
    expect(jump(list, 1, "b", "en")).toBe(2)
    expect(jump(list, 2, "b", "en")).toBe(1)
    expect(jump(list, 1, "br", "en")).toBe(2)
    expect(jump(list, 1, "x", "en")).toBe(1)
    expect(jump([], 0, "x", "en")).toBe(0)
  })

  it("takes pages and what was done in, each name once", () => {
    expect(merged([file("a", { size: 1 }), file("b")], [file("a", { size: 2 }), file("c")])).toEqual([
      file("a", { size: 2 }),
      file("b"),
      file("c"),
    ])
    const twins = [folder("Documents", { root: "r1" }), folder("Documents", { root: "r2" })]
    expect(merged(twins, [])).toHaveLength(2)
  })
})

describe("names", () => {
  it("that no folder takes are told before they are sent", () => {
    const bad = ["", ".", "..", "a/b", "a\\b", "a\nb", "\x7f", "é".repeat(256)]
    expect(bad.map((name) => nameTrouble(name, []))).toEqual(bad.map(() => "bad_name"))
    expect(nameTrouble("é".repeat(255), [])).toBe(null)
    expect(nameTrouble("...", [])).toBe(null)
    expect(nameTrouble("a", [file("a")])).toBe("exists")
    expect(nameTrouble("a", [file("a")], "a")).toBe(null)
  })

  it("show marks that would turn them around", () => {
    expect(shownName("invoice\u202efdp.exe")).toBe("invoice\ufffdfdp.exe")
    expect(shownName("שלום.txt")).toBe("שלום.txt")
  })
})
