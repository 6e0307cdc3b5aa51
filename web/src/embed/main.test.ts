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
afterEach(() => {
  document.head.replaceChildren()
  vi.unstubAllGlobals()
})

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

it("a mistake of the page's is told once, in the console and to who listens", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {})
  const deskside = await import("./main")
  const heard: unknown[] = []
  deskside.on("error", (mistake) => heard.push(mistake))
  deskside.attributes({ details: { Order: { id: 4711 } } })
  deskside.language("fr")
  deskside.queue("q".repeat(65))
  expect(heard).toEqual([
    { field: "details", value: "Order", reason: "invalid" },
    { field: "queue", value: "q".repeat(65), reason: "too_long" },
  ])
  expect(warned.mock.calls).toEqual([
    ['Deskside: details "Order": invalid'],
    [`Deskside: queue "${"q".repeat(65)}": too_long`],
  ])
  warned.mockRestore()
})

it("what the tag says wrong is told to who listens later, once", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {})
  const tag = document.querySelector("script") as HTMLScriptElement
  delete tag.dataset.start
  Object.assign(tag.dataset, { queue: "q".repeat(65), skills: "a,b,c,d,e,f" })
  vi.resetModules()
  const deskside = await import("./main")
  expect(document.querySelector("deskside-help")).not.toBeNull()
  const [first, second]: [unknown[], unknown[]] = [[], []]
  const stop = deskside.on("error", () => stop())
  stop()
  await Promise.resolve()
  deskside.on("state", () => {})
  const stopFirst = deskside.on("error", (mistake) => first.push(mistake))
  deskside.on("error", (mistake) => second.push(mistake))
  await Promise.resolve()
  const told = [
    { field: "queue", value: "q".repeat(65), reason: "too_long" },
    { field: "skills", value: "f", reason: "too_many" },
  ]
  expect(first).toEqual(told)
  expect(second).toEqual(told)
  stopFirst()
  const third: unknown[] = []
  deskside.on("error", (mistake) => third.push(mistake))
  deskside.language("fr")
  await Promise.resolve()
  expect(third).toEqual([])
  expect(second).toHaveLength(2)
  deskside.stop()
  warned.mockRestore()
})
