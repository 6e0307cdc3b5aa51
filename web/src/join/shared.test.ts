import { afterEach, beforeEach, expect, it, vi } from "vitest"
import type { ClientBody, Grant } from "../contract/messages"
import { render } from "../ui/dom"
import { setLanguage } from "../ui/text"
import { person, snapshot } from "../wire/testing"
import { fromSnapshot, type SessionView } from "../wire/view"
import { controlling, copied, over, Shared } from "./shared"

const picture = { number: 3, kind: "desktop" as const, name: "Desk", width: 100, height: 100 }
const shown = { giver: "ag", picture }
const given = (capability: Grant["capability"], state: Grant["state"] = "granted"): Grant => ({
  id: capability,
  capability,
  giver: "ag",
  holder: "me",
  state,
  asked_at: 1,
})
const viewWith = (...grants: Grant[]): SessionView =>
  fromSnapshot(
    snapshot({
      grants,
      participants: [person("me"), person("ag", { name: "Amélie" })],
      shares: [{ type: "desktop.shared", giver: "ag", picture, since: 1 }],
    }),
  )

let bodies: ClientBody[] = []
let shared: Shared
let box: HTMLElement
let view: SessionView

beforeEach(() => {
  setLanguage("en")
  bodies = []
  box = document.body.appendChild(document.createElement("div"))
  shared = new Shared(async (body) => {
    bodies.push(body)
  }, draw)
})
afterEach(() => {
  shared.close()
  box.remove()
})

function draw(): void {
  render(box, [over(shared, () => view, "ag"), controlling(shared, view, shown), copied(shared, view, shown)])
}
function show(...grants: Grant[]): void {
  view = viewWith(...grants)
  draw()
  shared.settle(view)
}
const button = () => box.querySelector("button")
/** Its other text keeps its place, out of sight. */
const label = () => button()?.querySelector("span span:not([data-away])")?.textContent
const field = () => box.querySelector("textarea") as HTMLTextAreaElement
const press = (key: string, part = {}) =>
  field().dispatchEvent(new KeyboardEvent("keydown", { key, code: key, bubbles: true, ...part }))

it("is only looked at without control", () => {
  show(given("desktop_view"))
  expect(button()).toBeNull()
  shared.of("ag").type()
  press("a")
  expect(bodies).toEqual([])
})

it("takes keys once control was given, says how they come back, and goes back to the button", () => {
  show(given("desktop_view"), given("desktop_control"))
  expect(label()).toBe("Type there")
  button()?.click()
  expect(label()).toBe("Keyboard back")
  expect(box.querySelector("[role=status]")?.textContent).toContain("Ctrl + Alt + Shift")
  press("a")
  expect(bodies.at(-1)).toMatchObject({ type: "desktop.input", giver: "ag", picture: 3 })
  press("Shift", { ctrlKey: true, altKey: true, shiftKey: true })
  expect(bodies.at(-1)).toMatchObject({ events: [{ op: "release" }] })
  expect(document.activeElement).toBe(button())
})

it("gives control back, and lets go before", () => {
  show(given("desktop_view"), given("desktop_control"))
  button()?.click()
  press("a")
  bodies = []
  const stop = [...box.querySelectorAll("button")].find((one) => one.textContent === "Stop using")
  stop?.click()
  expect(bodies).toMatchObject([
    { type: "desktop.input", events: [{ op: "release" }] },
    { type: "grant.cancel", grant: "desktop_control" },
  ])
})

it("offers text that was copied there, until it may no longer", async () => {
  const wrote: string[] = []
  const clipboard = { writeText: async (text: string) => void wrote.push(text) }
  vi.stubGlobal("navigator", { ...navigator, clipboard, platform: navigator.platform })
  show(given("desktop_view"), given("desktop_control"), given("clipboard_out"))
  const got = (text: string) =>
    shared.receive({ type: "clipboard.got", by: "ag", by_name: "Amélie", giver: "ag", text }, view)
  got("one")
  const offered = () => box.querySelector(".copied")
  expect(offered()?.textContent).toContain("Amélie copied: one")
  expect(wrote).toEqual([])
  offered()?.querySelector("button")?.click()
  await vi.waitFor(() => expect(offered()).toBeNull())
  expect(wrote).toEqual(["one"])
  got("two")
  show(given("desktop_view"), given("desktop_control"))
  draw()
  expect(offered()).toBeNull()
  vi.unstubAllGlobals()
})

it("takes no more after control was taken back", () => {
  show(given("desktop_view"), given("desktop_control"))
  button()?.click()
  show(given("desktop_view"), given("desktop_control", "withdrawn"))
  press("a")
  expect([bodies, button()]).toEqual([[], null])
})
