import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Event } from "../page/format"
import { Engine } from "./engine"
import { PageMasker } from "./mask"
import type { Assets } from "./parts"

const assets = { get: () => null, css: (text) => text, sheet: async () => null } as Partial<Assets> as Assets
const SECRET = "4711 euros"
let stop = () => {}

/** The DOM of the tests remembers what fits, also when it does not any more: never the same question twice. */
const matches = Element.prototype.matches
let asked = 0

beforeEach(() => {
  vi.spyOn(Element.prototype, "matches").mockImplementation(function (this: Element, selector) {
    return matches.call(this, `${selector}, x-${asked++}`)
  })
})

/** What was sent of a page like this, until the next call of it. */
async function capture(html: string, rules: { mask?: string[]; unmask?: string[] }): Promise<() => string> {
  document.body.innerHTML = html
  const events: Event[] = []
  const masker = new PageMasker({ mask: [], unmask: [], ...rules }, document)
  const engine = new Engine({ document, masker, assets, emit: (event) => events.push(event), exclude: () => false })
  engine.start(1)
  stop = () => {
    engine.stop()
    masker.close()
  }
  // Without boxes nothing is in sight at first.
  await vi.waitFor(() => expect(events.at(-1)).toEqual(["whole"]))
  return () => JSON.stringify(events.splice(0))
}

afterEach(() => {
  stop()
  vi.restoreAllMocks()
  document.body.innerHTML = ""
  document.body.removeAttribute("class")
})

test.each([
  [".secure .total", (body: HTMLElement) => body.classList.add("secure")],
  [".secure + * .total", () => document.querySelector("i")?.classList.add("secure")],
  ["div:has(.secure) .total", () => document.querySelector("i")?.classList.add("secure")],
  ["u + p .total", () => document.querySelector("i")?.after(document.createElement("u"))],
])("what is shown is masked when a change elsewhere says so: %s", async (selector, change) => {
  const sent = await capture(`<div><i></i><p><b><span class=total>${SECRET}</span></b></p></div>`, { mask: [selector] })
  expect(sent()).toContain(SECRET)
  change(document.body)
  let all = ""
  await vi.waitFor(() => {
    all += sent()
    expect(all).toContain("•••• •••••")
  })
  expect(all).toMatch(/\["gone",\[\d+\]\]/)
  expect(all).not.toContain("4711")
})

test("what a rule shows is masked again when the rule is none for it any more", async () => {
  const sent = await capture(`<div class=o><p><input value="${SECRET}"></p></div>`, { unmask: [".o > p input"] })
  expect(sent()).toContain(SECRET)
  document.querySelector("div")?.removeAttribute("class")
  let all = ""
  await vi.waitFor(() => {
    all += sent()
    expect(all).toContain("•••• •••••")
  })
  expect(all).not.toContain("4711")
})
