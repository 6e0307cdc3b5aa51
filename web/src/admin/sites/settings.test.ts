import { expect, test, vi } from "vitest"
import { EMPTY, isHost, isOrigin, isSelector, linesOf, withOffer, wrongIn } from "./settings"

const FINE = { ...EMPTY, company: "Shop", origins: ["https://shop.example"], queue: "support" }

test("a whole site has nothing wrong, an empty one says what is missing", () => {
  expect(wrongIn("shop", FINE)).toEqual([])
  expect(wrongIn("", EMPTY).map(({ field, code }) => `${field} ${code}`)).toEqual([
    "key required",
    "company required",
    "origins required",
    "queue required",
  ])
})

test.each(["https://shop.example", "http://127.0.0.1:8081", "https://shop.example:8443"])("origin %s", (text) => {
  expect(isOrigin(text)).toBe(true)
})

test.each(["shop.example", "https://shop.example/", "https://shop.example:443", "https://Shop.example", "ftp://a"])(
  "no origin %s",
  (text) => {
    expect(isOrigin(text)).toBe(false)
  },
)

test.each(["cdn.example", "cdn.example:8443", "127.0.0.1:81", "[2001:db8::1]:8443"])("host %s", (text) => {
  expect(isHost(text)).toBe(true)
})

test.each(["", "CDN.example", "https://cdn.example", "a/b", "u@cdn.example", "cdn.example:443", "a b", "cdn.example."])(
  "no host %s",
  (text) => {
    expect(isHost(text)).toBe(false)
  },
)

test("selectors are those that the browser understands", () => {
  expect(isSelector("form [name=town] > b")).toBe(true)
  expect(isSelector("a { color: red }")).toBe(false)
  expect(isSelector("x".repeat(501))).toBe(false)
})

test.each(['[name="x', "[name='x", "[name=x", ".a:is(.b", ".a /* b", ".a\\", '"', ".a)", "[a=(]"])(
  "%s is not closed",
  (text) => {
    const parsed = vi.spyOn(DocumentFragment.prototype, "querySelector").mockReturnValue(null)
    expect(isSelector(text)).toBe(false)
    expect(isSelector(`.a\\( [b="]('"]:not([c=')\\'']) /* ( */ > *`)).toBe(true)
    parsed.mockRestore()
  },
)

test("each line that is wrong is named", () => {
  const settings = { ...FINE, canaries: ["CANARY-1234", "short"], asset_hosts: ["https://a"], mask: ["a", "{"] }
  expect(wrongIn("shop", settings)).toEqual([
    { field: "mask", code: "selector", line: 2, value: "{" },
    { field: "asset_hosts", code: "host", line: 1, value: "https://a" },
    { field: "canaries", code: "canary", line: 2, value: "short" },
  ])
  expect(wrongIn("shop", { ...FINE, mask: Array(201).fill("a") })).toEqual([{ field: "mask", code: "many" }])
  expect(wrongIn("shop", { ...FINE, queues: Array(51).fill("a") })).toEqual([{ field: "queues", code: "many" }])
  expect(wrongIn("a b", { ...FINE, capabilities: ["page_control"] }).map(({ code }) => code)).toEqual([
    "key",
    "control",
  ])
})

test("what is offered goes with what it needs", () => {
  expect(withOffer([], "page_control", true).sort()).toEqual(["page_control", "page_view"])
  expect(withOffer(["hear"], "clipboard_in", true).sort()).toEqual([
    "clipboard_in",
    "desktop_control",
    "desktop_view",
    "hear",
  ])
  const all = withOffer(withOffer([], "clipboard_out", true), "application_control", true)
  expect(withOffer(all, "desktop_view", false).sort()).toEqual([
    "application_control",
    "application_view",
    "clipboard_out",
  ])
  expect(withOffer(withOffer(all, "desktop_view", false), "application_view", false)).toEqual([])
})

test("empty lines do not count", () => {
  expect(linesOf(" a \n\n b\n")).toEqual(["a", "b"])
})
