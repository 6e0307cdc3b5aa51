import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ToView } from "../page/port"
import { type Heard, PageHost } from "./pagehost"

const HASH = "a".repeat(64)
let host: PageHost
let heard: Heard[]
let ports: MessagePort[]
let got: ToView[]

/** What stands in the iframe: keeps what it is told. */
const window = {
  postMessage: (message: unknown, origin: string, [port]: [MessagePort]) => {
    expect([message, origin]).toEqual([{ type: "deskside.view" }, "https://view.example"])
    port.onmessage = ({ data }: MessageEvent<ToView>) => got.push(data)
    ports.push(port)
  },
} as unknown as Window

async function says(message: unknown): Promise<void> {
  const before = heard.length
  ports.at(-1)?.postMessage(message)
  await vi.waitFor(() => expect(heard.length + host.store.get().frame).toBeGreaterThan(before))
}

beforeEach(() => {
  heard = []
  ports = []
  got = []
  host = new PageHost("https://view.example", "s 1", (message) => heard.push(message))
  host.begin()
})

afterEach(() => {
  host.end()
  for (const port of ports) port.close()
  vi.unstubAllGlobals()
})

describe("the host of a view", () => {
  it("gives the port to the view's origin alone, and talks when it is ready", async () => {
    host.loaded(window)
    expect(host.send({ type: "clear" })).toBe(false)
    await says({ type: "ready" })
    expect(host.store.get()).toEqual({ frame: 0, ready: true, trouble: null })
    expect(host.send({ type: "clear", why: "hidden" })).toBe(true)
    await vi.waitFor(() => expect(got).toEqual([{ type: "clear", why: "hidden" }]))
  })

  it("makes the view anew when it broke or says what it must not, and gives up in the end", async () => {
    for (const bad of [{ type: "broken", why: "init" }, { type: "state", state: {} }, "?"]) {
      const { frame } = host.store.get()
      host.loaded(window)
      ports.at(-1)?.postMessage(bad)
      await vi.waitFor(() => expect(host.store.get().frame).toBe(frame + 1))
    }
    host.loaded(window)
    ports.at(-1)?.postMessage({ type: "broken", why: "again" })
    await vi.waitFor(() => expect(host.store.get().trouble).toBe("broken"))
    expect(heard).toEqual([])
    host.again()
    expect(host.store.get()).toEqual({ frame: 4, ready: false, trouble: null })
  })

  it("hears nothing of a view that was replaced", async () => {
    host.loaded(window)
    host.loaded(window)
    ports[0]?.postMessage({ type: "leave" })
    await says({ type: "ready" })
    expect(heard).toEqual([{ type: "ready" }])
  })

  it("says so when the view does not answer", () => {
    vi.useFakeTimers()
    host.loaded(window)
    vi.advanceTimersByTime(15_001)
    expect(host.store.get().trouble).toBe("silent")
    vi.useRealTimers()
  })

  it("fetches what the view wants, and says what cannot be had", async () => {
    const asked: string[] = []
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url)
      if (url.endsWith("b")) return new Response("", { status: 404 })
      return new Response(Uint8Array.of(7), { headers: { "content-type": "image/png" } })
    })
    host.loaded(window)
    await says({ type: "ready" })
    ports[0]?.postMessage({ type: "want", hashes: [HASH, "b".repeat(64), HASH] })
    await vi.waitFor(() => expect(got.length).toBe(2))
    expect(asked.length).toBe(2)
    expect(asked[0]).toBe(`/api/v1/sessions/s%201/page/assets/${HASH}`)
    expect(
      got.map((one) => one.type === "asset" && [one.hash[0], one.mime, one.data?.byteLength ?? null]).sort(),
    ).toEqual([
      ["a", "image/png", 1],
      ["b", "", null],
    ])
  })
})
