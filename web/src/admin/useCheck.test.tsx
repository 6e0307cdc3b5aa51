import { act, StrictMode } from "react"
import { createRoot, type Root } from "react-dom/client"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { useOnceChecked } from "./useCheck"

let root: Root
let shown: { waiting: boolean; go: () => void }

function Saving({ checking, save }: { checking: boolean; save: () => void }) {
  shown = useOnceChecked(checking, save)
  return null
}

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true)
  root = createRoot(document.createElement("div"))
})
afterEach(() => {
  act(() => root.unmount())
  vi.unstubAllGlobals()
})

const draw = (checking: boolean, save: () => void) =>
  act(() =>
    root.render(
      <StrictMode>
        <Saving checking={checking} save={save} />
      </StrictMode>,
    ),
  )

it("saves at once what is checked, and once only", () => {
  const save = vi.fn()
  draw(false, save)
  act(() => shown.go())
  draw(false, vi.fn())
  expect([save.mock.calls.length, shown.waiting]).toEqual([1, false])
})

it("waits for the answer about the latest change, and then goes by that", () => {
  const [early, late] = [vi.fn(), vi.fn()]
  draw(true, early)
  act(() => shown.go())
  expect([early.mock.calls.length, shown.waiting]).toEqual([0, true])
  draw(false, late)
  draw(true, late)
  draw(false, late)
  expect([early.mock.calls.length, late.mock.calls.length, shown.waiting]).toEqual([0, 1, false])
})
