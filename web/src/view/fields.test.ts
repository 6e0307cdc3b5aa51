import { afterEach, expect, test } from "vitest"
import { focusOf, picked, takesText, valueAt } from "./fields"

afterEach(() => document.body.replaceChildren())

function made<T extends Element>(html: string, selector: string): T {
  document.body.innerHTML = html
  return document.querySelector(selector) as T
}

test.each([
  ["<input type=range>", 0.5, "50"],
  ["<input type=range min=-10 max=10 step=5>", 0.6, "0"],
  ["<input type=range min=0 max=1 step=0.1>", 0.72, "0.7"],
  ["<input type=range min=0 max=10>", 7, "10"],
  ["<input type=range min=0 max=10>", -1, "0"],
  ["<input type=range min=0 max=1 step=any>", 1, "1"],
])("%s at %d is %s", (html, x, value) => {
  expect(valueAt(made<HTMLInputElement>(html, "input"), x)).toBe(value)
})

test("options of a list are one, or several with the key for it", () => {
  const html = "<option>a</option><option selected>b</option><option>c</option></select>"
  const many = made<HTMLSelectElement>(`<select multiple>${html}`, "select")
  expect(picked(many, 2, true)).toEqual([1, 2])
  expect(picked(many, 1, true)).toEqual([])
  expect(picked(many, 0, false)).toEqual([0])
  expect(picked(made<HTMLSelectElement>(`<select size=3>${html}`, "select"), 0, true)).toEqual([0])
})

test("what takes text is known", () => {
  expect(takesText(made("<input type=email>", "input"))).toBe(true)
  expect(takesText(made("<input type=checkbox>", "input"))).toBe(false)
  expect(takesText(made("<div contenteditable><b>x</b></div>", "b"))).toBe(true)
  expect(takesText(made("<div contenteditable=false><b>x</b></div>", "b"))).toBe(false)
  expect(takesText(made("<button>x</button>", "button"))).toBe(false)
})

test("a click gives the focus to what is around it", () => {
  expect(focusOf(made("<button><i>x</i></button>", "i"))?.localName).toBe("button")
  expect(focusOf(made("<p><i>x</i></p>", "i"))).toBeNull()
})
