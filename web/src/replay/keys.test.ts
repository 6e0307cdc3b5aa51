import { expect, test } from "vitest"
import { commandOf, isTaken } from "./keys"

const press = (key: string, more = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
})

test("keys of the replay", () => {
  expect(commandOf(press(" "))).toEqual({ kind: "toggle" })
  expect(commandOf(press("K"))).toEqual({ kind: "toggle" })
  expect(commandOf(press("j"))).toEqual({ kind: "skip", seconds: -10 })
  expect(commandOf(press("ArrowRight"))).toEqual({ kind: "skip", seconds: 5 })
  expect(commandOf(press("ArrowLeft", { shiftKey: true }))).toEqual({ kind: "skip", seconds: -1 })
  expect(commandOf(press("End"))).toEqual({ kind: "end" })
})

test("keys of the browser and of other keyboards stay theirs", () => {
  expect(commandOf(press("l", { ctrlKey: true }))).toBeNull()
  expect(commandOf(press("ArrowLeft", { altKey: true }))).toBeNull()
  expect(commandOf(press("x"))).toBeNull()
})

test("who types is not interrupted; the slider gives its keys to the replay", () => {
  document.body.innerHTML =
    '<input id="text"><input id="slider" type="range"><button id="button"><b id="in"></b></button><div role="menu"><button id="item"></button></div>'
  const at = (id: string) => document.getElementById(id)
  expect(isTaken(at("text"), "j")).toBe(true)
  expect(isTaken(at("slider"), "ArrowLeft")).toBe(false)
  expect(isTaken(at("in"), " ")).toBe(true)
  expect(isTaken(at("button"), "j")).toBe(false)
  expect(isTaken(at("item"), "j")).toBe(true)
})
