import { afterEach, describe, expect, it, vi } from "vitest"
import { errorOf } from "../wire/http"
import { homeOf, leave, login, logout, mayOpen, safeReturn, whoAmI } from "./auth"
import { draft, drafts } from "./drafts"
import { fileOf, listed, mayHelp, reason } from "./files"
import { spaced, spokenAddress } from "./invites"
import { remember, remembered } from "./memory"

afterEach(() => vi.unstubAllGlobals())

const agent = { permissions: ["session.agent", "desk.watch", "sessions.list"] }
const administrator = {
  permissions: [...agent.permissions, "sessions.all", "recordings.replay", "users.manage", "sites.manage"],
}
const supervisor = { permissions: [...agent.permissions, "sessions.all", "queues.read"] }
const manager = { permissions: ["sessions.list", "sessions.all", "queues.read"] }
const auditor = { permissions: ["recordings.replay", "sessions.all"] }

describe("pages", () => {
  it("open for those who may, and everybody lands on one of theirs", () => {
    expect(mayOpen("console", agent)).toBe(true)
    expect(mayOpen("audit", agent)).toBe(false)
    expect(mayOpen("supervise", auditor)).toBe(false)
    expect([homeOf(agent), homeOf(auditor)]).toEqual(["console", "audit"])
    expect(homeOf(administrator)).toBe("admin")
    expect(mayOpen("console", administrator)).toBe(true)
    expect([mayOpen("admin", supervisor), homeOf(supervisor)]).toEqual([true, "console"])
    expect([mayOpen("admin", agent), homeOf(manager)]).toEqual([false, "admin"])
  })

  it("are returned to only when they are ours", () => {
    expect(safeReturn("/audit/s1")).toBe("audit")
    expect(safeReturn("//evil.example/console")).toBe(null)
    expect(safeReturn("/consoles")).toBe(null)
    expect(safeReturn(null)).toBe(null)
  })
})

describe("signing out", () => {
  it("leaves nothing behind that was typed, once the server has done it", async () => {
    sessionStorage.clear()
    remember("drafts", { "s notes": "her card was refused" })
    sessionStorage.setItem("of the page", "stays")
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("network")))
    await expect(logout()).rejects.toMatchObject({ code: "offline" })
    expect(remembered("drafts")).not.toBeNull()
    vi.stubGlobal("fetch", async () => Response.json({}))
    await logout()
    expect([remembered("drafts"), sessionStorage.getItem("of the page")]).toEqual([null, "stays"])
  })

  it("leaves nothing behind where the sign-in had ended already", async () => {
    draft("s notes", "her card was refused")
    const assign = vi.fn()
    vi.stubGlobal("location", { assign })
    vi.stubGlobal("fetch", async () => Response.json({ code: "not_signed_in", message: "" }, { status: 401 }))
    await leave(() => {})
    expect(assign).toHaveBeenCalledWith("/login")
    expect([remembered("drafts"), drafts.get()]).toEqual([null, {}])
  })
})

describe("what was typed", () => {
  const enter = async (id: string, way: () => Promise<unknown>) => {
    vi.stubGlobal("fetch", async () => Response.json({ id, permissions: [] }))
    await way()
  }
  const signIn = () => login({ name: "", password: "" })

  it("is there again for the same person only, however they come in", async () => {
    sessionStorage.clear()
    for (const other of [whoAmI, signIn]) {
      await enter("amelie", signIn)
      draft("s notes", "her card was refused")
      remember("front", "s")
      await enter("amelie", whoAmI)
      await enter("amelie", signIn)
      expect(drafts.get()).toEqual({ "s notes": "her card was refused" })
      await enter("bruno", other)
      expect([drafts.get(), remembered("drafts"), remembered("front")]).toEqual([{}, null, null])
    }
  })
})

describe("refusals", () => {
  it("say the server's own words, or what the status means", () => {
    expect(errorOf(429, '{"code":"throttled","message":"","retry_after":3}').retry_after).toBe(3)
    expect(errorOf(401, "<html>").code).toBe("not_signed_in")
    expect(errorOf(502, "<html>").code).toBe("server_error")
  })
})

describe("what is read out", () => {
  it("comes three by three, and without what could be mistyped", () => {
    expect(spaced("482913057")).toBe("482 913 057")
    expect(spokenAddress("https://help.acme.example/")).toBe("help.acme.example/join")
  })
})

describe("files", () => {
  const file = { size: 1, media_type: "", sender: "a", created_at: 0, name: "x" }
  it("are listed newest first, without what is cancelled or sent from here", () => {
    const files = [
      { ...file, id: "f1", state: "ready" as const },
      { ...file, id: "f2", state: "uploading" as const },
      { ...file, id: "f3", state: "cancelled" as const },
      { ...file, id: "f4", state: "ready" as const },
    ]
    const own = {
      key: "k",
      session: "s",
      name: "",
      size: 1,
      sent: 0,
      state: "sending" as const,
      file: "f2",
      error: null,
    }
    expect(listed(files, [own]).map((one) => one.id)).toEqual(["f4", "f1"])
  })

  it("go on after a break of whatever kind, and not after a refusal", () => {
    const broken = (status: number | null, body = "") => {
      const originalResponse = status === null ? null : { getStatus: () => status, getBody: () => body }
      return Object.assign(new Error("tus"), { originalRequest: {}, originalResponse }) as unknown as Error
    }
    expect([null, 502, 409, 423].map((status) => mayHelp(broken(status)))).toEqual([true, true, true, true])
    expect([401, 404, 413].map((status) => mayHelp(broken(status)))).toEqual([false, false, false])
    expect(reason(broken(null)).code).toBe("offline")
    expect(reason(broken(413, '{"code":"file_too_large","message":""}')).code).toBe("file_too_large")
    expect(reason(new Error("no such file")).code).toBe("server_error")
  })

  it("know their id from where they are sent", () => {
    expect(fileOf("/api/v1/files/f9")).toBe("f9")
    expect(fileOf(null)).toBe(null)
  })
})
