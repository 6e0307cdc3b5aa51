import { afterEach, describe, expect, it, vi } from "vitest"
import { Fetching } from "./fetching"

const CHUNK = 8
const WHOLE = new Uint8Array(CHUNK + 3).map((_, at) => at % 251)

/** The server's answers to ranges; `breaks`: which requests are lost. */
function server(whole: Uint8Array<ArrayBuffer>, breaks: ReadonlySet<number> = new Set()) {
  const asked: string[] = []
  vi.stubGlobal("fetch", async (_url: string, init: { headers: { Range: string }; signal: AbortSignal }) => {
    init.signal.throwIfAborted()
    asked.push(init.headers.Range)
    if (breaks.has(asked.length)) throw new TypeError("lost")
    const [from = 0, to = 0] = init.headers.Range.slice(6).split("-").map(Number)
    if (from >= whole.length) return new Response(null, { status: 416 })
    const part = whole.slice(from, to + 1)
    const headers = { "Content-Range": `bytes ${from}-${from + part.length - 1}/${whole.length}` }
    return new Response(part, { status: 206, headers })
  })
  return asked
}

const noPause = async () => {}

afterEach(() => void vi.unstubAllGlobals())

describe("a file of the session", () => {
  it("comes in parts, and a break costs one of them", async () => {
    const asked = server(WHOLE, new Set([2, 3]))
    const told: number[][] = []
    const bytes = await new Fetching("f", (got, size) => told.push([got, size]), noPause, CHUNK).run()
    expect(new Uint8Array((await bytes?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(WHOLE)
    const second = `bytes=${CHUNK}-${2 * CHUNK - 1}`
    expect(asked).toEqual([`bytes=0-${CHUNK - 1}`, second, second, second])
    expect(told).toEqual([
      [CHUNK, WHOLE.length],
      [WHOLE.length, WHOLE.length],
    ])
  })

  it("may be empty", async () => {
    server(new Uint8Array())
    expect((await new Fetching("f", () => {}, noPause, CHUNK).run())?.size).toBe(0)
  })

  it("goes on where it was stopped", async () => {
    const asked = server(WHOLE)
    const fetching: Fetching = new Fetching("f", (got) => got === CHUNK && fetching.stop(), noPause, CHUNK)
    expect(await fetching.run()).toBe(null)
    expect((await fetching.run())?.size).toBe(WHOLE.length)
    expect(asked).toHaveLength(2)
  })

  it("is refused in the server's words, and given up after many breaks", async () => {
    const body = { error: { code: "not_found", message: "" } }
    vi.stubGlobal("fetch", async () => Response.json(body, { status: 404 }))
    await expect(new Fetching("f", () => {}, noPause, CHUNK).run()).rejects.toMatchObject({ code: "not_found" })
    server(WHOLE, new Set(Array.from({ length: 20 }, (_, at) => at + 1)))
    await expect(new Fetching("f", () => {}, noPause, CHUNK).run()).rejects.toThrow("lost")
  })
})
