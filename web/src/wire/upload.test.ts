import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Api } from "./http"
import { Upload, type UploadState } from "./upload"

interface Call {
  method: string
  path: string
  headers: Record<string, string>
  size: number
}

let calls: Call[] = []
let answer: (call: Call) => Response | Error

beforeEach(() => {
  calls = []
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const body = init.body as Blob | null
    const call = {
      method: init.method ?? "",
      path: new URL(url).pathname,
      headers: init.headers as Record<string, string>,
      size: body?.size ?? 0,
    }
    calls.push(call)
    const result = answer(call)
    if (result instanceof Error) throw result
    return result
  })
})
afterEach(() => vi.unstubAllGlobals())

function upload(size: number): { run: Promise<void>; states: UploadState[]; upload: Upload } {
  const api = new Api("https://desk.example")
  api.access = "bearer"
  const states: UploadState[] = []
  const made = new Upload(
    api,
    "s",
    new File([new Uint8Array(size)], "é.txt", { type: "text/plain" }),
    (s) => states.push(s),
    async () => {},
  )
  return { run: made.run(), states, upload: made }
}

const created = () => new Response(null, { status: 201, headers: { Location: "/api/v1/files/f1" } })
const at = (offset: number) => new Response(null, { status: 204, headers: { "Upload-Offset": String(offset) } })

describe("sending a file", () => {
  it("goes in pieces, with its name as UTF-8 and the bearer token", async () => {
    answer = (call) => (call.method === "POST" ? created() : at(Number(call.headers["Upload-Offset"]) + call.size))
    const { run, states } = upload((1 << 20) + 5)
    await run
    expect(calls.map((c) => [c.method, c.path, c.size])).toEqual([
      ["POST", "/api/v1/sessions/s/files", 0],
      ["PATCH", "/api/v1/files/f1", 1 << 20],
      ["PATCH", "/api/v1/files/f1", 5],
    ])
    expect(calls[0]?.headers["Upload-Metadata"]).toBe(
      `filename ${btoa("\u00c3\u00a9.txt")},filetype ${btoa("text/plain")}`,
    )
    expect(calls[0]?.headers.Authorization).toBe("Bearer bearer")
    expect(states.at(-1)).toMatchObject({ state: "done", sent: (1 << 20) + 5 })
  })

  it("goes on where the server is after a break", async () => {
    let broken = false
    answer = (call) => {
      if (call.method === "POST") return created()
      if (call.method === "HEAD") return at(3)
      if (!broken) {
        broken = true
        return new TypeError("network")
      }
      return at(Number(call.headers["Upload-Offset"]) + call.size)
    }
    const { run, states } = upload(10)
    await run
    expect(calls.map((c) => c.method)).toEqual(["POST", "PATCH", "HEAD", "PATCH"])
    expect(calls.at(-1)).toMatchObject({ size: 7 })
    expect(states.at(-1)?.state).toBe("done")
  })

  it("waits for a network however long it is away, and for the token that comes with the socket", async () => {
    let left = 30
    answer = (call) => {
      if (call.method === "POST") return created()
      if (left-- > 3) return new TypeError("network")
      if (left > 0) return new Response(null, { status: 401 })
      return call.method === "HEAD" ? at(0) : at(Number(call.headers["Upload-Offset"]) + call.size)
    }
    const { run, states } = upload(10)
    await run
    expect(states.at(-1)?.state).toBe("done")
  })

  it("gives up a server that goes on refusing, and a file that is gone at once", async () => {
    for (const [status, code, tries] of [
      [500, "server_error", 9],
      [404, "not_found", 1],
    ] as const) {
      calls = []
      answer = (call) => (call.method === "POST" ? created() : new Response(null, { status }))
      const { run, states } = upload(10)
      await run
      expect(states.at(-1)).toMatchObject({ state: "failed", code })
      expect(calls.filter((call) => call.method !== "POST")).toHaveLength(tries)
    }
  })

  it("says why at once when it is too large", async () => {
    answer = () => Response.json({ code: "file_too_large", message: "" }, { status: 413 })
    const { run, states } = upload(10)
    await run
    expect(calls).toHaveLength(1)
    expect(states.at(-1)).toMatchObject({ state: "failed", code: "file_too_large" })
  })

  it("takes back what was cancelled", async () => {
    answer = (call) => (call.method === "POST" ? created() : at(1))
    const { run, upload: one } = upload(10)
    await one.cancel()
    await run
    expect(calls.map((c) => c.method)).toContain("DELETE")
    expect(one.state.state).toBe("cancelled")
  })
})
