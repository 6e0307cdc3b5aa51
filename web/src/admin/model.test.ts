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
  const { item } = JSON.parse(String(init.body)) as { item: Named }
  const others = server.configuration.skills.filter((one) => one.id !== item.id)
  server.configuration = { ...server.configuration, skills: [...others, item] }
  return Response.json({ version: ++server.version })
}

const skills = (configuration: Configuration | undefined) => configuration?.skills.map((one) => one.name)
const settled = () => new Promise((done) => setTimeout(done))

let admin: Admin

beforeEach(async () => {
  server.version = 1
  server.configuration = { ...emptyConfiguration(), skills: [{ id: "french", name: "French" }] }
  server.undone = []
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

it("takes several changes back from the newest on", async () => {
  await admin.undo(4, 12, 7)
  expect(server.undone).toEqual(["changes/12/undo", "changes/7/undo", "changes/4/undo"])
})
