import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { PageAssets } from "./assets"
import { ServerDepot } from "./depot"
import { hex } from "./media"

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])
const WOFF = new Uint8Array([0x77, 0x4f, 0x46, 0x32, 9])
const API = "https://desk.example/api/v1/page/assets"

let calls: { method: string; url: string; body: unknown; init: RequestInit }[] = []
/** What the page may read. */
let readable: Record<string, () => Response> = {}
/** What the server can have. */
let served: Record<string, { hash: string; text?: string }> = {}
let known: string[] = []
let trouble: Response[] = []
let assets: PageAssets

beforeEach(() => {
  calls = []
  known = []
  trouble = []
  readable = {}
  served = {}
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const body = typeof init.body === "string" ? JSON.parse(init.body) : init.body
    calls.push({ method: init.method ?? "GET", url: input, body, init })
    if (!input.startsWith(API)) {
      const found = readable[input]
      if (!found) throw new TypeError("no CORS")
      return found()
    }
    const late = trouble.shift()
    if (late) return late
    if (input.endsWith("/known")) return Response.json({ known: body.hashes.filter((h: string) => known.includes(h)) })
    if (init.method === "PUT") return new Response(null, { status: 204 })
    return Response.json({
      assets: body.urls.map((url: string) => ({
        url,
        hash: served[url]?.hash ?? null,
        text: served[url]?.text ?? null,
      })),
    })
  })
  assets = new PageAssets(new ServerDepot({ base: "https://desk.example", access: () => "token" }))
})
afterEach(() => {
  assets.close()
  vi.unstubAllGlobals()
})

const picture =
  (bytes: Uint8Array<ArrayBuffer> = PNG, type = "image/png") =>
  () =>
    new Response(bytes, { headers: { "Content-Type": type } })
const got = (url: string, kind: "image" | "font" | "media" = "image") =>
  new Promise<string | null>((resolve) => {
    const now = assets.get(url, kind, resolve)
    if (now !== null) resolve(now)
  })
const better = (css: string, base: string) => new Promise<string>((resolve) => assets.css(css, base, resolve))
const ofKind = (method: string, part: string) => calls.filter((c) => c.method === method && c.url.includes(part))
const digest = async (bytes: Uint8Array<ArrayBuffer>) => hex(await crypto.subtle.digest("SHA-256", bytes))

describe("a picture", () => {
  it("that the page may read goes to the server by its hash, once", async () => {
    readable["https://cdn.example/a.png?v=1"] = picture()
    const all = await Promise.all([1, 2, 3].map(() => got("https://cdn.example/a.png?v=1#x")))
    const address = `asset:${await digest(PNG)}`
    expect(all).toEqual([address, address, address])
    expect(assets.get("https://cdn.example/a.png?v=1", "image", () => {})).toBe(address)
    expect(ofKind("GET", "cdn")).toHaveLength(1)
    expect(ofKind("GET", "cdn")[0]?.init).toMatchObject({ credentials: "same-origin", cache: "force-cache" })
    const [put, ...more] = ofKind("PUT", API)
    expect(more).toEqual([])
    expect(put?.url).toBe(`${API}/${address.slice(6)}`)
    expect(put?.init).toMatchObject({ credentials: "omit" })
    expect(put?.init.headers).toMatchObject({ Authorization: "Bearer token", "Content-Type": "image/png" })
  })

  it("that the server has is not sent again", async () => {
    known = [await digest(PNG)]
    readable["https://cdn.example/a.png"] = picture()
    expect(await got("https://cdn.example/a.png")).toBe(`asset:${known[0]}`)
    expect(ofKind("PUT", API)).toEqual([])
  })

  it("that it may not read is asked of the server, many in one request, without what a query may tell", async () => {
    served["https://cdn.example/a.png"] = { hash: "a".repeat(64) }
    served["https://cdn.example/b.png?w=300"] = { hash: "b".repeat(64) }
    const all = await Promise.all([
      got("https://cdn.example/a.png?token=Secr3t"),
      got("https://me:pw@cdn.example/b.png?w=300&sig=Secr3t"),
      got("https://cdn.example/none.png"),
    ])
    expect(all).toEqual([`asset:${"a".repeat(64)}`, `asset:${"b".repeat(64)}`, null])
    expect(ofKind("POST", API)).toHaveLength(1)
    expect(JSON.stringify(calls.filter((c) => c.url.startsWith(API)))).not.toContain("Secr3t")
  })

  it("that is none, or too large, or of another scheme, is not sent", async () => {
    readable["https://cdn.example/x.png"] = picture(new TextEncoder().encode("<html>Secr3t"), "image/png")
    readable["https://cdn.example/big.png"] = () =>
      new Response(PNG, { headers: { "Content-Type": "image/png", "Content-Length": String(6 << 20) } })
    expect(await got("https://cdn.example/x.png")).toBeNull()
    expect(await got("https://cdn.example/big.png")).toBeNull()
    expect(await got("ftp://cdn.example/a.png")).toBeNull()
    expect(await got("javascript:alert(1)")).toBeNull()
    expect(await got("https://cdn.example/film.mp4", "media")).toBeNull()
    expect(ofKind("PUT", API)).toEqual([])
  })

  it("in its address needs no request to be read", async () => {
    const data = `data:image/png;base64,${btoa(String.fromCharCode(...PNG))}`
    expect(await got(data)).toBe(`asset:${await digest(PNG)}`)
    expect(await got("data:text/html,<script>")).toBeNull()
    expect(ofKind("GET", "data:")).toEqual([])
  })

  it("of a canvas is kept under its bare hash", async () => {
    expect(await assets.put(new Blob([PNG], { type: "image/png" }))).toBe(await digest(PNG))
    expect(await assets.put(new Blob(["text"], { type: "text/plain" }))).toBeNull()
  })

  it("survives a server that is busy for a moment", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] })
    trouble = [new Response(null, { status: 503 })]
    readable["https://cdn.example/a.png"] = picture()
    const wanted = got("https://cdn.example/a.png")
    for (let turns = 0; turns < 20; turns++) await vi.advanceTimersByTimeAsync(200)
    vi.useRealTimers()
    expect(await wanted).toBe(`asset:${await digest(PNG)}`)
  })

  it("tells nobody after the end", async () => {
    let told = 0
    readable["https://cdn.example/a.png"] = picture()
    assets.get("https://cdn.example/a.png", "image", () => told++)
    assets.close()
    await new Promise((done) => setTimeout(done, 80))
    expect(told).toBe(0)
  })
})

describe("a stylesheet", () => {
  it("gets its addresses as they become known", async () => {
    readable["https://shop.example/css/bg.png"] = picture()
    readable["https://shop.example/f.woff2"] = picture(WOFF, "application/octet-stream")
    const css = `@font-face{src:url(../f.woff2)}p{background:url(bg.png)}q{filter:url(#f);mask:url(none.svg)}`
    expect(assets.css(css, "https://shop.example/css/a.css", () => {})).not.toContain("shop.example")
    const text = await better(css, "https://shop.example/css/a.css")
    const last = text.includes("asset:") ? assets.css(css, "https://shop.example/css/a.css", () => {}) : text
    expect(last).toContain(`url("asset:${await digest(PNG)}")`)
    expect(last).toContain(`url("asset:${await digest(WOFF)}")`)
    expect(last).toContain('filter:url("#f");mask:url("about:invalid")')
    expect(ofKind("PUT", API).map((c) => (c.init.headers as Record<string, string>)["Content-Type"])).toContain(
      "font/woff2",
    )
  })

  it("has what it imports in its place, by way of the server too, and not for ever", async () => {
    const text = (css: string) => () => new Response(css, { headers: { "Content-Type": "text/css" } })
    readable["https://shop.example/b.css"] = text("b{c:d} @import 'b.css';")
    served["https://cdn.example/c.css"] = { hash: "c".repeat(64), text: "e{background:url(x.png)}" }
    served["https://cdn.example/x.png"] = { hash: "d".repeat(64) }
    let last = ""
    assets.css("@import 'b.css';@import url(https://cdn.example/c.css) print;", "https://shop.example/a.css", (css) => {
      last = css
    })
    await vi.waitFor(() => expect(last).toContain("d".repeat(64)))
    expect(last).toContain("b{c:d}")
    expect(last).toContain("@media print {\ne{background:url(")
    expect(last).not.toContain("@import")
    expect(ofKind("GET", "b.css")).toHaveLength(1)
  })

  it("keeps small pictures that are in it, and lets nothing else through", () => {
    const css =
      "p{background:url(data:image/gif;base64,AA==)}q{background:url(data:text/html,x)}r{background:url(http://[)}"
    expect(assets.css(css, "https://shop.example/", () => {})).toBe(
      'p{background:url("data:image/gif;base64,AA==")}q{background:url("about:invalid")}r{background:url("about:invalid")}',
    )
  })

  it("that the page may not read comes as text", async () => {
    served["https://cdn.example/c.css"] = { hash: "c".repeat(64), text: "e{f:g}" }
    expect(await assets.sheet("https://cdn.example/c.css")).toBe("e{f:g}")
    expect(await assets.sheet("https://cdn.example/none.css")).toBeNull()
    readable["https://shop.example/page"] = () => new Response("<html>", { headers: { "Content-Type": "text/html" } })
    expect(await assets.sheet("https://shop.example/page")).toBeNull()
  })
})
