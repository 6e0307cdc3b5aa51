import { MantineProvider } from "@mantine/core"
import { act, useEffect } from "react"
import { createRoot, type Root } from "react-dom/client"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { type Width, WidthContext } from "../width"
import { Centre } from "./Centre"

const { loaded, reading, nothing } = vi.hoisted(() => ({ loaded: vi.fn(), reading: vi.fn(), nothing: () => null }))

vi.mock("./Stage", () => ({
  Stage: () => {
    useEffect(() => loaded(), [])
    return <b id="frame" />
  },
}))
vi.mock("./Rail", () => ({ Rail: () => <i id="rail" /> }))
vi.mock("./SessionHead", () => ({ SessionHead: nothing }))
vi.mock("./Troubles", () => ({ Troubles: nothing }))
vi.mock("./CallBar", () => ({ CallBar: nothing }))
vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }))
vi.mock("../context", async () => {
  const { Store } = await import("../../data/store")
  const engine = { reading, uploads: { store: new Store([]) } }
  const state = { unread: {}, front: "s" }
  return {
    useConsole: () => engine,
    useDesk: (select: (all: typeof state) => unknown) => select(state),
    useView: () => ({ files: [] }),
  }
})

let root: Root
let box: HTMLElement

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true)
  box = document.body.appendChild(document.createElement("div"))
  root = createRoot(box)
})
afterEach(() => {
  act(() => root.unmount())
  box.remove()
  vi.unstubAllGlobals()
})

const draw = (width: Width) =>
  act(() =>
    root.render(
      <MantineProvider>
        <WidthContext value={width}>
          <Centre session="s" front onBack={nothing} />
        </WidthContext>
      </MantineProvider>,
    ),
  )

it("keeps the page that is shown, whatever the width becomes", () => {
  draw("wide")
  const frame = box.querySelector("#frame")
  expect([box.querySelectorAll("[role=tab]").length, box.querySelector("#rail") !== null]).toEqual([0, true])
  expect(box.querySelector("[role=tabpanel], [role=complementary], [hidden]")).toBeNull()
  // The panel beside it says what is read.
  expect(reading).not.toHaveBeenCalled()
  draw("middle")
  expect([box.querySelectorAll("[role=tab]").length, box.querySelector("#rail")]).toEqual([5, null])
  expect(reading).toHaveBeenLastCalledWith(false)
  draw("phone")
  draw("wide")
  expect(box.querySelector("#frame")).toBe(frame)
  expect(loaded).toHaveBeenCalledTimes(1)
})
