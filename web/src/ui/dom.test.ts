import { beforeEach, describe, expect, it, vi } from "vitest"
import { h, render } from "./dom"

let root: HTMLElement
beforeEach(() => {
  root = document.createElement("div")
  document.body.replaceChildren(root)
})

describe("render", () => {
  it("shows text as text", () => {
    render(root, h("p", null, "<img src=x onerror=alert(1)>"))
    expect(root.querySelector("img")).toBeNull()
    expect(root.textContent).toBe("<img src=x onerror=alert(1)>")
  })

  it("keeps an element, its focus and what is typed", () => {
    const view = (note: string) => [note ? h("p", null, note) : null, h("input", { key: "in" })]
    render(root, view(""))
    const input = root.querySelector("input") as HTMLInputElement
    input.focus()
    input.value = "typed"
    render(root, view("a note above"))
    expect(root.querySelector("input")).toBe(input)
    expect(document.activeElement).toBe(input)
    expect(input.value).toBe("typed")
  })

  it("does once for an element what is to be done once, whatever stood there before", () => {
    const created = vi.fn()
    render(root, h("div", null, "plain"))
    render(root, h("div", { created }, "with something to do"))
    expect(created).toHaveBeenCalledOnce()
    render(root, h("div", { created }, "the same"))
    expect(created).toHaveBeenCalledOnce()
  })

  it("orders keyed elements anew", () => {
    const list = (...keys: string[]) => keys.map((key) => h("li", { key }, key))
    render(root, list("a", "b", "c"))
    const [a, , c] = root.children
    render(root, list("c", "a"))
    expect([...root.children]).toEqual([c, a])
  })

  it("sets and takes away attributes, properties and handlers", () => {
    const press = vi.fn()
    render(root, h("button", { disabled: true, title: "x", onclick: press }, "b"))
    const button = root.querySelector("button") as HTMLButtonElement
    expect([button.disabled, button.title]).toEqual([true, "x"])
    render(root, h("button", { onclick: press }, "b"))
    expect([button.disabled, button.hasAttribute("title")]).toEqual([false, false])
    button.click()
    expect(press).toHaveBeenCalledOnce()
    render(root, h("button", null, "b"))
    button.click()
    expect(press).toHaveBeenCalledOnce()
  })

  it("tells when an element came and went, also inside of another", () => {
    const created = vi.fn()
    const removed = vi.fn()
    render(root, h("div", null, h("span", { created, removed })))
    expect(created).toHaveBeenCalledOnce()
    expect(created.mock.calls[0]?.[0].isConnected).toBe(true)
    render(root, null)
    expect(removed).toHaveBeenCalledOnce()
  })
})
