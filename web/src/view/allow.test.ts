import { describe, expect, test } from "vitest"
import { attribute, BOX, create, HIDDEN, setAttribute } from "./allow"

const HASH = "a".repeat(64)
const url = (hash: string) => (hash === HASH ? "blob:x" : null)
const made = (tag: string) => create(document, tag)
const kept = (tag: string, name: string, value: string) => attribute(tag, name, value, url)

describe("elements", () => {
  test.each([
    ["div", "div"],
    ["svg:linearGradient", "linearGradient"],
    ["math:mfrac", "mfrac"],
    ["my-element", "my-element"],
    ["link", "style"],
    ["object", BOX],
    ["embed", BOX],
    ["script", HIDDEN],
    ["template", HIDDEN],
    ["meta", HIDDEN],
    ["base", HIDDEN],
    ["svg:script", "desc"],
    ["svg:handler", "desc"],
    ["math:annotation-xml", HIDDEN],
    ["constructor", "span"],
    ["__proto__", "span"],
    ["o:p", "span"],
    ["a b", "span"],
    ["", "span"],
    ["SCRIPT", "span"],
  ])("%s becomes %s", (tag, name) => {
    expect(made(tag).localName).toBe(name)
  })

  test("a frame comes without address and scripts", () => {
    const frame = made("iframe")
    for (const [name, value] of [
      ["src", "javascript:1"],
      ["srcdoc", "<p>"],
      ["sandbox", "allow-scripts"],
      ["allow", "camera"],
      ["name", "x"],
    ] as const) {
      setAttribute(frame, "iframe", name, value, url)
      setAttribute(frame, "iframe", "sandbox", null, url)
    }
    expect([...frame.attributes].map((one) => one.name).sort()).toEqual(["sandbox", "tabindex"])
    expect(frame.getAttribute("sandbox")).toBe("allow-same-origin")
  })
})

describe("attributes", () => {
  test.each([
    ["div", "class", "a b"],
    ["div", "data-state", "open"],
    ["div", "_ngcontent-abc", ""],
    ["div", "aria-expanded", "true"],
    ["my-element", "variant", "primary"],
    ["td", "colspan", "2"],
    ["svg:path", "d", "M0 0"],
    ["svg:rect", "stroke-width", "2"],
    ["svg:use", "href", "#icon"],
    ["slot", "name", "head"],
    ["img", "src", "data:image/png;base64,AA=="],
  ])("%s keeps %s=%s", (tag, name, value) => {
    expect(kept(tag, name, value)).toBe(value)
  })

  test.each([
    ["div", "onclick"],
    ["div", "ONCLICK"],
    ["svg:svg", "onload"],
    ["my-element", "onclick"],
    ["my-element", "src"],
    ["my-element", "is"],
    ["form", "action"],
    ["button", "formaction"],
    ["input", "name"],
    ["input", "autofocus"],
    ["input", "autocomplete"],
    ["a", "target"],
    ["a", "ping"],
    ["a", "download"],
    ["meta", "http-equiv"],
    ["form", "accept-charset"],
    ["html", "manifest"],
    ["div", "nonce"],
    ["div", "accesskey"],
    ["img", "crossorigin"],
    ["div", "a b"],
    ["div", "1"],
    ["svg:use", "href"],
    ["svg:image", "href"],
    ["math:math", "href"],
    ["math:maction", "actiontype"],
  ])("%s loses %s", (tag, name) => {
    expect(kept(tag, name, "https://elsewhere.example/#x")).toBeNull()
  })

  test("a link keeps its looks and leads nowhere", () => {
    expect(kept("a", "href", "javascript:alert(1)")).toBe("#")
    expect(kept("svg:a", "xlink:href", "https://elsewhere.example")).toBe("#")
  })

  test("capitals are no way round", () => {
    const element = made("x-a")
    setAttribute(element, "x-a", "STYLE", "background:url(http://evil.test/q)", url)
    setAttribute(element, "x-a", "ID", "style", url)
    expect(element.attributes.length).toBe(0)
  })

  test("pictures are assets", () => {
    expect(kept("img", "src", `asset:${HASH}`)).toBe("blob:x")
    expect(kept("img", "src", `asset:${"b".repeat(64)}`)).toBeNull()
    expect(kept("img", "srcset", `asset:${HASH} 1x, asset:${HASH} 2x`)).toBe("blob:x 1x, blob:x 2x")
    expect(kept("img", "srcset", `asset:${HASH} 1x, https://a/b 2x`)).toBeNull()
    expect(kept("svg:rect", "fill", "url(https://a/b#c)")).toBe('url("")')
    expect(kept("svg:rect", "fill", "url(#c)")).toBe('url("#c")')
    expect(kept("div", "style", "background:url(https://a/b)")).toBe('background:url("")')
  })

  test("a picture that changed is not the one before", () => {
    const image = made("img")
    setAttribute(image, "img", "src", `asset:${HASH}`, url)
    setAttribute(image, "img", "src", "https://elsewhere.example/x.png", url)
    expect(image.hasAttribute("src")).toBe(false)
  })

  test("a password field is none to the browser", () => {
    expect(kept("input", "type", "password")).toBe("text")
    expect(kept("input", "type", "checkbox")).toBe("checkbox")
    expect(made("input").getAttribute("autocomplete")).toBe("off")
  })

  test("no field stands before what a form is asked for", () => {
    const input = made("input")
    for (const id of ["parentNode", "nodeType", "__proto__", "remove", "getAttribute", "style"]) {
      setAttribute(input, "input", "id", id, url)
    }
    expect(input.hasAttribute("id")).toBe(false)
    setAttribute(input, "input", "id", "name", url)
    expect(input.id).toBe("name")
  })

  test("an animation does not touch addresses and handlers", () => {
    expect(kept("svg:animate", "attributeName", "opacity")).toBe("opacity")
    for (const name of ["href", "xlink:href", "onclick", " href", "style"]) {
      expect(kept("svg:animate", "attributeName", name)).toBeNull()
    }
  })
})
