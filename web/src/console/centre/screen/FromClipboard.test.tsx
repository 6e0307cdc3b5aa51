import { MantineProvider } from "@mantine/core"
import { act } from "react"
import { createRoot, type Root } from "react-dom/client"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { sessionSnapshot } from "../../../data/testing/made"
import type { Shown } from "../../../wire/derive"
import { fromSnapshot } from "../../../wire/view"
import { FromClipboard } from "./FromClipboard"

const { text, readText } = vi.hoisted(() => ({ text: vi.fn(), readText: vi.fn() }))

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }))
vi.mock("../../context", () => ({ useConsole: () => ({ screens: { of: () => ({ screen: { text } }) } }) }))

let root: Root
let box: HTMLElement
const said = () => document.querySelector("[role=status]")?.textContent
const press = () => act(async () => document.querySelector("button")?.click())

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true)
  vi.stubGlobal("navigator", { clipboard: { readText } })
  readText.mockReset().mockResolvedValue("copied")
  text.mockReset()
  box = document.body.appendChild(document.createElement("div"))
  root = createRoot(box)
  const shown = { giver: "customer" } as Shown
  await act(async () =>
    root.render(
      <MantineProvider env="test">
        <FromClipboard view={fromSnapshot(sessionSnapshot())} shown={shown} name="Jeanne" />
      </MantineProvider>,
    ),
  )
})
afterEach(() => {
  act(() => root.unmount())
  box.remove()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it("says what became of it, and not for ever", async () => {
  await press()
  expect(text).toHaveBeenCalledWith("copied")
  expect(said()).toBe("staff.screen.clipboard_typed")
  await act(async () => vi.advanceTimersByTime(60_000))
  expect(said()).toBe("")
})

it("says it anew at each press", async () => {
  await press()
  let read: (text: string) => void = () => {}
  readText.mockReturnValue(new Promise<string>((resolve) => (read = resolve)))
  await press()
  expect(said()).toBe("")
  await act(async () => read("copied"))
  expect(said()).toBe("staff.screen.clipboard_typed")
  expect(text).toHaveBeenCalledTimes(2)
})

it("is silent about the last press when this one fails", async () => {
  await press()
  readText.mockRejectedValue(new Error("denied"))
  await press()
  expect(said()).toBe("staff.screen.clipboard_blocked")
})
