import { afterEach, expect, it, vi } from "vitest"
import { keepInSight } from "./sight"

const gone = new AbortController()
const host = document.createElement("div")
const set = (values: object) => {
  const seen = Object.assign(new EventTarget(), {
    ...{ scale: 1, width: 390, height: 780, offsetLeft: 0, offsetTop: 0 },
    ...values,
  })
  vi.stubGlobal("visualViewport", seen)
  return seen
}
const value = (name: string) => host.style.getPropertyValue(`--sight-${name}`)

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

it("follows fingers, keyboards and small pages, and stands at the window's edges else", () => {
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(780)
  const seen = set({})
  keepInSight(host, gone.signal)
  expect(host.hasAttribute("data-part")).toBe(false)

  Object.assign(seen, { scale: 2, width: 195, height: 390, offsetLeft: 60, offsetTop: 110 }).dispatchEvent(
    new Event("resize"),
  )
  expect(host.hasAttribute("data-part")).toBe(true)
  expect(["x", "y", "w", "h", "s"].map(value)).toEqual(["60px", "110px", "390px", "780px", "0.5"])
  Object.assign(seen, { offsetTop: 200 }).dispatchEvent(new Event("scroll"))
  expect(value("y")).toBe("200px")

  // The bars of the browser are no keyboard.
  Object.assign(seen, { scale: 1, width: 390, height: 700, offsetLeft: 0, offsetTop: 0 })
  seen.dispatchEvent(new Event("resize"))
  expect(host.hasAttribute("data-part")).toBe(false)
  Object.assign(seen, { height: 480 }).dispatchEvent(new Event("resize"))
  expect(["h", "s"].map(value)).toEqual(["480px", "1"])

  // A page that is shown small, as a whole.
  Object.assign(seen, { scale: 0.4, width: 975, height: 1950 }).dispatchEvent(new Event("resize"))
  expect(["w", "h", "s"].map(value)).toEqual(["390px", "780px", "2.5"])

  gone.abort()
  Object.assign(seen, { height: 780 }).dispatchEvent(new Event("resize"))
  expect(host.hasAttribute("data-part")).toBe(true)
})

it("does without where the browser does not say", () => {
  vi.stubGlobal("visualViewport", undefined)
  expect(() => keepInSight(host, new AbortController().signal)).not.toThrow()
})
