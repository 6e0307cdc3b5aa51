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

it("follows fingers, keyboards and small pages", () => {
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(780)
  const seen = set({})
  keepInSight(host, gone.signal)
  expect(host.hasAttribute("data-part")).toBe(false)

  Object.assign(seen, { scale: 2, width: 195, height: 390, offsetLeft: 60, offsetTop: 110 }).dispatchEvent(
    new Event("resize"),
  )
  expect(host.hasAttribute("data-part")).toBe(true)
  expect(["x", "y", "w", "h", "s"].map(value)).toEqual(["60px", "110px", "320px", "640px", "0.609375"])
  Object.assign(seen, { offsetTop: 200 }).dispatchEvent(new Event("scroll"))
  expect(value("y")).toBe("200px")

  Object.assign(seen, { scale: 1, width: 390, height: 780.4, offsetLeft: 0, offsetTop: 0 })
  seen.dispatchEvent(new Event("resize"))
  expect(host.hasAttribute("data-part")).toBe(false)
  Object.assign(seen, { height: 480 }).dispatchEvent(new Event("resize"))
  expect(["h", "s"].map(value)).toEqual(["480px", "1"])

  // Where there is much room it grows to twice its size; a page's own zoom counts for what it is.
  Object.assign(document.body, { currentCSSZoom: 1.25 })
  Object.assign(seen, { scale: 4, width: 400, height: 300, offsetLeft: 100 }).dispatchEvent(new Event("resize"))
  expect(["x", "w", "h", "s"].map(value)).toEqual(["80px", "800px", "600px", "0.4"])
  Object.assign(document.body, { currentCSSZoom: undefined })

  // A page that is shown small, as a whole.
  Object.assign(seen, { scale: 0.4, width: 975, height: 1950, offsetLeft: 0 }).dispatchEvent(new Event("resize"))
  expect(["w", "h", "s"].map(value)).toEqual(["390px", "780px", "2.5"])

  gone.abort()
  Object.assign(seen, { height: 780 }).dispatchEvent(new Event("resize"))
  expect(host.hasAttribute("data-part")).toBe(true)
})

it("does without where the browser does not say", () => {
  vi.stubGlobal("visualViewport", undefined)
  expect(() => keepInSight(host, new AbortController().signal)).not.toThrow()
})
