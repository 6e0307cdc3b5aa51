import { expect, test } from "vitest"
import { adapted, inScheme } from "./styles"

const none = () => null

test("the colour scheme is the page's, not the viewer's", () => {
  const css = "@media (prefers-color-scheme: dark) and (min-width: 5px) { a { color: red } }"
  expect(inScheme(css, true)).toContain("(min-width: 0px) and (min-width: 5px)")
  expect(inScheme(css, false)).toContain("(max-width: -1px) and")
  expect(inScheme("(prefers-color-scheme:LIGHT)", false)).toBe("(min-width: 0px)")
  expect(inScheme(":root{color-scheme:light dark;x:y}", false)).toBe(":root{color-scheme: light;x:y}")
  expect(inScheme(":root{color-scheme: dark}", false)).toBe(":root{color-scheme: dark}")
})

test("hover is where the customer's cursor is", () => {
  expect(adapted("a:hover, a:not(:hover) b { color: red }", false, none)).toBe(
    "a[deskside-hover], a:not([deskside-hover]) b { color: red }",
  )
  expect(adapted(".hover\\:a:hover { top: 0 }", false, none)).toBe(".hover\\:a[deskside-hover] { top: 0 }")
  expect(adapted(".a\\:hover { top: 0 }", false, none)).toBe(".a\\:hover { top: 0 }")
})
