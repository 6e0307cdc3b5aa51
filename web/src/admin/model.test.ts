import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Admin, type Draft } from "./model"
import { NEW } from "./route"
import { emptyConfiguration } from "./testing"
import type { Configuration, Named } from "./types"

/** A server that answers when told to, and knows what was saved. */
const server = {
  version: 1,
  configuration: emptyConfiguration(),
  undone: [] as string[],
  /** On which versions what was saved was made. */
  made: [] as number[],
  conflict: false,
  release: () => {},
}

async function answer(url: string, init: RequestInit): Promise<Response> {
  const path = new URL(url, "https://desk.example").pathname.replace("/api/v1/admin/", "")
  if (path === "configuration") {
    const { version, configuration } = server
    return Response.json({ version, configuration, alarms: [], people: [], problems: [] })
  }
  if (path.endsWith("/undo")) {
    server.undone.push(path)
    return Response.json({ version: ++server.version })
  }
  await new Promise<void>((done) => {
    server.release = done
  })
  if (server.conflict) return Response.json({ code: "conflict", message: "" }, { status: 409 })
  const body = JSON.parse(String(init.body)) as { version: number; item?: Named; changes?: { item: Named }[] }
  const items = body.changes?.map((one) => one.item) ?? [body.item as Named]
  server.made.push(body.version)
  const others = server.configuration.skills.filter((one) => !items.some(({ id }) => id === one.id))
  server.configuration = { ...server.configuration, skills: [...others, ...items] }
  server.version += items.length
  return Response.json({ version: server.version })
}

const skills = (configuration: Configuration | undefined) => configuration?.skills.map((one) => one.name)
const settled = () => new Promise((done) => setTimeout(done))

let admin: Admin

beforeEach(async () => {
  server.version = 1
  server.configuration = { ...emptyConfiguration(), skills: [{ id: "french", name: "French" }] }
  server.undone = []
  server.made = []
  server.conflict = false
  vi.stubGlobal("fetch", answer)
  admin = new Admin(true)
  await admin.load()
})
afterEach(() => vi.unstubAllGlobals())

const drafted = (id: string) => admin.draft("skill", id) as Draft

describe("what is typed while a draft is saved", () => {
  it("stays a draft, on top of what was saved", async () => {
    admin.edit("skill", "french", { id: "french", name: "Frenc" })
    const saving = admin.save(drafted("french"))
    await settled()
    admin.edit("skill", "french", { id: "french", name: "Français" })
    server.release()
    await saving
    expect(skills(server.configuration)).toEqual(["Frenc"])
    expect(drafted("french")).toMatchObject({
      base: { name: "Frenc" },
      item: { name: "Français" },
      version: 2,
    })
  })

  it("goes over to the item that a new one became", async () => {
    admin.edit("skill", NEW, { id: "", name: "German" })
    const saving = admin.save(drafted(NEW))
    await settled()
    admin.edit("skill", NEW, { id: "", name: "Deutsch" })
    server.release()
    const { id } = await saving
    expect(admin.draft("skill", NEW)).toBeNull()
    expect(drafted(id)).toMatchObject({ base: { name: "German" }, item: { id, name: "Deutsch" } })
  })

  it("is no draft where nothing was typed", async () => {
    admin.edit("skill", "french", { id: "french", name: "Frenc" })
    const saving = admin.save(drafted("french"))
    await settled()
    server.release()
    await saving
    expect(admin.draft("skill", "french")).toBeNull()
  })

  it("is there beside what others saved", async () => {
    admin.edit("skill", "french", { id: "french", name: "Frenc" })
    server.configuration = { ...server.configuration, skills: [{ id: "french", name: "Theirs" }] }
    server.conflict = true
    const saving = admin.save(drafted("french"))
    await settled()
    admin.edit("skill", "french", { id: "french", name: "Français" })
    server.release()
    await expect(saving).rejects.toMatchObject({ code: "conflict" })
    expect(drafted("french")).toMatchObject({ item: { name: "Français" }, theirs: { item: { name: "Theirs" } } })
  })
})

describe("several drafts", () => {
  beforeEach(async () => {
    server.configuration = { ...server.configuration, skills: [...server.configuration.skills, german("German")] }
    await admin.load()
    for (const id of ["french", "german"]) admin.edit("skill", id, { id, name: id.toUpperCase() })
  })
  const german = (name: string) => ({ id: "german", name })
  const save = async (...ids: string[]) => {
    const saving = admin.saveAll(ids.map(drafted))
    saving.catch(() => {})
    await settled()
    admin.edit("skill", "french", { id: "french", name: "FRENCH!" })
    server.release()
    return saving
  }

  it("are saved in one go, and what is typed meanwhile stays a draft", async () => {
    expect(await save("french", "german")).toBe(3)
    expect(skills(server.configuration)).toEqual(["FRENCH", "GERMAN"])
    expect(admin.draft("skill", "german")).toBeNull()
    expect(drafted("french")).toMatchObject({ base: { name: "FRENCH" }, item: { name: "FRENCH!" }, version: 3 })
  })

  it("go on from what there is where others changed something else", async () => {
    server.version = 7
    await admin.load()
    await save("french", "german")
    expect(server.made).toEqual([7])
  })

  it("are on what they were made on where others changed one of them, and stay where that is refused", async () => {
    server.configuration = { ...server.configuration, skills: [{ id: "french", name: "French" }, german("Theirs")] }
    server.version = 7
    await admin.load()
    await save("french", "german")
    expect(server.made).toEqual([1])
    admin.edit("skill", "german", german("mine"))
    server.configuration = { ...server.configuration, skills: [{ id: "french", name: "FRENCH" }, german("Again")] }
    server.conflict = true
    await expect(save("french", "german")).rejects.toMatchObject({ code: "conflict" })
    expect(drafted("german")).toMatchObject({ item: { name: "mine" }, theirs: { item: { name: "Again" } } })
    expect(drafted("french").theirs).toBeUndefined()
  })
})

it("takes several changes back from the newest on", async () => {
  await admin.undo(4, 12, 7)
  expect(server.undone).toEqual(["changes/12/undo", "changes/7/undo", "changes/4/undo"])
})
