import { beforeEach, describe, expect, it } from "vitest"
import type { FolderAsk, FolderEntry } from "../contract/messages"
import { fromSnapshot } from "../wire/view"
import type { Answer } from "./foldermodel"
import { Folders, mayUse } from "./folders"
import { grant, info, sessionSnapshot } from "./testing/made"

const native = { name: "c", version: "1", platform: "linux" as const, can: ["folders" as const] }
const presence = (here: boolean) => [
  { participant: "customer", online: true, streams: [], native: here ? native : null },
]
const may = (...capabilities: ("files_read" | "files_write")[]) =>
  capabilities.map((capability) => grant({ id: capability, capability, state: "granted" }))
const view = (grants = may("files_read"), here = true, session = info()) =>
  fromSnapshot(sessionSnapshot({ grants, presence: presence(here), session }))

const file = (name: string): FolderEntry => ({ name, kind: "file" })
const ROOTS: FolderEntry[] = [{ name: "Documents", kind: "folder", root: "r1" }]
const DOCUMENTS = { root: "r1", title: "Documents", path: [] }

let sent: FolderAsk[]
let folders: Folders
const live = () => folders.of("s", "customer")
const now = () => live().store.get()
const names = () => now().entries.map((one) => one.name)
const last = () => sent.at(-1) as FolderAsk
const answer = (given: Answer, ask = last()) =>
  folders.receive("s", { type: "folder.answered", ask: ask.ask, giver: "customer", answer: given as never })

beforeEach(() => {
  sent = []
  folders = new Folders(async (body) => void sent.push(body as FolderAsk))
  live()
  folders.settle("s", view())
})

describe("a folder", () => {
  it("is listed page by page, and what comes of one that was left is nothing", () => {
    live().go(null)
    answer({ result: "entries", entries: ROOTS })
    live().go(DOCUMENTS)
    const left = last()
    live().go({ ...DOCUMENTS, path: ["Old"] })
    expect(last().op).toEqual({ op: "list", root: "r1", path: ["Old"], after: null })
    answer({ result: "entries", entries: [file("wrong")] }, left)
    answer({ result: "entries", entries: [file("a")], next: "a" })
    expect([names(), now().state]).toEqual([["a"], "ready"])
    live().more()
    expect([last().op, now().state]).toEqual([{ op: "list", root: "r1", path: ["Old"], after: "a" }, "more"])
    live().more()
    expect(sent).toHaveLength(4)
    answer({ result: "entries", entries: [file("a"), file("b")] })
    expect([names(), now().next]).toEqual([["a", "b"], null])
    live().up()
    expect([now().place, now().active]).toEqual([DOCUMENTS, "Old"])
  })

  it("is read to its end where that is wanted", () => {
    live().go(DOCUMENTS)
    answer({ result: "entries", entries: [file("a")], next: "a" })
    live().more(true)
    answer({ result: "entries", entries: [file("b")], next: "b" })
    answer({ result: "entries", entries: [file("c")] })
    expect([names(), now().state]).toEqual([["a", "b", "c"], "ready"])
  })

  it("keeps what is there when a page does not come, and says why", () => {
    live().go(DOCUMENTS)
    answer({ result: "entries", entries: [file("a")], next: "a" })
    live().more()
    answer({ result: "refused", reason: "denied" })
    expect(now()).toMatchObject({ state: "ready", reason: "denied", next: "a" })
    live().reload()
    expect(names()).toEqual(["a"])
    answer({ result: "refused", reason: "not_found" })
    expect(now()).toMatchObject({ state: "refused", reason: "not_found", entries: [] })
  })

  it("shows what was done in it", () => {
    live().go(DOCUMENTS)
    answer({ result: "entries", entries: [file("a"), file("b"), file("c")] })
    live().acts.begin("rename", DOCUMENTS, ["a"], "z")
    expect(last().op).toEqual({ op: "rename", root: "r1", path: ["a"], name: "z" })
    answer({ result: "done" })
    live().acts.begin("make", DOCUMENTS, ["new"])
    answer({ result: "done", name: "new (2)" })
    live().arrived(DOCUMENTS, file("came"))
    live().arrived({ ...DOCUMENTS, path: ["Old"] }, file("elsewhere"))
    expect(names()).toEqual(["b", "c", "z", "new (2)", "came"])
    expect(now().active).toBe("new (2)")
  })

  it("has one delete after the other, each asked of the customer", () => {
    live().go(DOCUMENTS)
    answer({ result: "entries", entries: [file("a"), file("b"), file("c")] })
    live().acts.begin("delete", DOCUMENTS, ["a", "b", "c"])
    const states = () =>
      live()
        .acts.store.get()
        .map((act) => `${act.name} ${act.state}`)
    answer({ result: "asking" })
    expect([states(), sent.length]).toEqual([["a asking", "b queued", "c queued"], 2])
    live().acts.stop(live().acts.store.get()[1]?.key ?? "")
    answer({ result: "done" })
    expect([states(), names()]).toEqual([["c sent"], ["b", "c"]])
    answer({ result: "refused", reason: "declined" })
    expect([states(), names()]).toEqual([["c failed"], ["b", "c"]])
    live().acts.stop(live().acts.store.get()[0]?.key ?? "")
    expect(states()).toEqual([])
  })

  it("is looked at again when nobody knows what came of it", () => {
    live().go(DOCUMENTS)
    answer({ result: "entries", entries: [] })
    live().acts.begin("make", DOCUMENTS, ["new"])
    folders.linked()
    expect(live().acts.store.get()[0]).toMatchObject({ state: "failed", reason: "lost" })
    expect([last().op.op, now().state]).toEqual(["list", "loading"])
  })
})

describe("the consent", () => {
  it("leaves nothing of what was seen when it ends", () => {
    live().go(DOCUMENTS)
    answer({ result: "entries", entries: [file("a")] })
    live().acts.begin("delete", DOCUMENTS, ["a"])
    folders.settle("s", view([]))
    expect(now()).toMatchObject({ state: "unasked", place: null, entries: [] })
    expect(live().acts.store.get()).toEqual([])
    answer({ result: "entries", entries: [file("late")] })
    expect(names()).toEqual([])
  })

  it("brings the roots anew when there is more of it", () => {
    live().go(null)
    answer({ result: "entries", entries: ROOTS })
    folders.settle("s", view())
    expect(sent).toHaveLength(1)
    folders.settle("s", view(may("files_read", "files_write")))
    expect([sent.length, names()]).toEqual([2, ["Documents"]])
  })

  it("lists again when the client is back", () => {
    live().go(null)
    answer({ result: "refused", reason: "no_client" })
    folders.settle("s", view(undefined, false))
    expect(sent).toHaveLength(1)
    folders.settle("s", view())
    expect([sent.length, now().state]).toEqual([2, "loading"])
  })

  it("says what may be used", () => {
    expect(mayUse(view())).toEqual({ giver: "customer", read: true, write: false, here: true })
    expect(mayUse(view(may("files_write"), false))).toMatchObject({ read: false, write: true, here: false })
    expect(mayUse(view([]))).toBe(null)
    expect(mayUse(view(undefined, true, info({ state: "ended" })))).toBe(null)
  })
})
