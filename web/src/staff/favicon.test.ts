import { afterEach, expect, it } from "vitest"
import { showSign, signOf } from "./favicon"

afterEach(() => {
  document.head.innerHTML = ""
})

const text = (address: string) => />([^<]+)<\/text>/.exec(decodeURIComponent(address))?.[1] ?? null

it("counts who waits, and puts a call that comes in before it", () => {
  expect(signOf(0, false)).toBe("/static/icon.svg")
  expect([signOf(3, false), signOf(12, false), signOf(3, true), signOf(0, true)].map(text)).toEqual([
    "3",
    "9+",
    "!",
    "!",
  ])
})

it("is the icon of the page", () => {
  document.head.innerHTML = '<link rel="icon" href="/static/icon.svg">'
  showSign(signOf(2, false))
  expect(document.querySelector("link")?.href).toContain("data:image/svg+xml")
  showSign(signOf(0, false))
  expect(document.querySelector("link")?.getAttribute("href")).toBe("/static/icon.svg")
})
