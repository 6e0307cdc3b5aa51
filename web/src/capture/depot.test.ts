import { afterEach, expect, it, vi } from "vitest"
import { ServerDepot } from "./depot"

afterEach(() => vi.unstubAllGlobals())

it("a text that several addresses have comes once, for all of them", async () => {
  const assets = [
    { url: "a", hash: "h1", text: "p {}" },
    { url: "b", hash: "h1", text: null },
    { url: "c", hash: "h2", text: null },
    { url: "d", hash: null },
  ]
  vi.stubGlobal("fetch", async () => Response.json({ assets }))
  const depot = new ServerDepot({ base: "https://desk.example", access: () => "token" })
  const found = await Promise.all(["a", "b", "c", "d"].map((url) => depot.ask(url)))
  expect(found).toEqual([{ hash: "h1", text: "p {}" }, { hash: "h1", text: "p {}" }, { hash: "h2", text: null }, null])
  depot.close()
})
