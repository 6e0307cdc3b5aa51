import { MantineProvider } from "@mantine/core"
import { act } from "react"
import { createRoot, type Root } from "react-dom/client"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { sessionSnapshot } from "../../data/testing/made"
import { Refused } from "../../wire/control"
import { fromSnapshot, type SessionView } from "../../wire/view"
import { OwnClientDialog } from "./OwnClientDialog"

const { request, now } = vi.hoisted(() => ({ request: vi.fn(), now: { view: null as unknown, at: 100_000 } }))

vi.mock("../../data/http", () => ({ request }))
vi.mock("../../staff/clock", () => ({ useNow: () => now.at }))
vi.mock("./dialogs", () => ({ useDialog: () => ({ open: "own_client", close: () => {} }) }))
vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }))
vi.mock("../context", () => ({
  useView: () => now.view,
  useDesk: (select: (state: object) => unknown) => select({ config: { base_url: "https://desk.example/" }, offset: 0 }),
}))

let root: Root
let box: HTMLElement

const draw = () =>
  act(async () =>
    root.render(
      <MantineProvider env="test">
        <OwnClientDialog session="s1" />
      </MantineProvider>,
    ),
  )
const seen = () => document.body.textContent ?? ""
const view = (native: boolean): SessionView => {
  const program = { name: "rs-client", version: "1", platform: "linux" as const, can: [] }
  const presence = native ? [{ participant: "agent", online: true, streams: [], native: program }] : []
  return fromSnapshot(sessionSnapshot({ presence }))
}

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true)
  box = document.body.appendChild(document.createElement("div"))
  root = createRoot(box)
  now.view = view(false)
  now.at = 100_000
  request
    .mockReset()
    .mockResolvedValue({ path: "/client#code", number: "123456789", wheel: "/client/w.whl#sha256=ab", expires_at: 200 })
})
afterEach(() => {
  act(() => root.unmount())
  box.remove()
  vi.unstubAllGlobals()
})

it("makes one code, and says the command and the number", async () => {
  await draw()
  await draw()
  expect(request.mock.calls).toEqual([["POST", "/sessions/s1/client"]])
  expect(document.querySelector("input")?.value).toBe(
    'pipx run --spec "deskside-client @ https://desk.example/client/w.whl#sha256=ab" rs-client --server "https://desk.example"',
  )
  expect(seen()).toContain("123 456 789")
})

it("gives another when the first has run out", async () => {
  await draw()
  now.at = 201_000
  await draw()
  const again = [...document.querySelectorAll("button")].find((one) => one.textContent === "staff.own_client.again")
  await act(async () => again?.click())
  expect(request).toHaveBeenCalledTimes(2)
})

it("says why there is none", async () => {
  request.mockRejectedValue(new Refused({ code: "throttled", message: "" }))
  await draw()
  expect(document.querySelector("[role=alert]")?.textContent).toContain("common.error.throttled")
})

it("is done when the program is there", async () => {
  now.view = view(true)
  await draw()
  expect(seen()).toContain("staff.own_client.connected")
  expect(document.querySelector("input")).toBeNull()
})
