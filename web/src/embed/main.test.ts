import { afterEach, beforeEach, expect, it, vi } from "vitest"
import type { HelpPanel } from "./panel"

beforeEach(() => {
  sessionStorage.clear()
  vi.stubGlobal("fetch", async () => new Response(null, { status: 503 }))
  const tag = document.createElement("script")
  tag.type = "text/plain"
  tag.src = "https://desk.example/embed.js"
  Object.assign(tag.dataset, { site: "shop", start: "manual" })
  document.head.append(tag)
})
afterEach(() => vi.unstubAllGlobals())

it("a pause before there is a panel holds for it, and for the next page", async () => {
  const deskside = await import("./main")
  const paused = () => (document.querySelector("deskside-help") as HelpPanel).page.paused
  deskside.pause()
  expect(sessionStorage.getItem("deskside:paused")).toBe("1")
  deskside.start()
  expect(paused()).toBe(true)
  deskside.resume()
  expect(paused()).toBe(false)
  expect(sessionStorage.getItem("deskside:paused")).toBeNull()
  deskside.stop()
})
