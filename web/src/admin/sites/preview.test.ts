import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { ToView } from "../../page/port"
import { Preview } from "./preview"

const SHOP = "https://shop.example"
const page = { closed: false, close: vi.fn() }
let preview: Preview
let shown: ToView[]

function hello(origin = SHOP, source: unknown = page): MessagePort {
  const { port1, port2 } = new MessageChannel()
  const event = new MessageEvent("message", { data: { type: "deskside.preview" }, origin, ports: [port2] })
  Object.defineProperty(event, "source", { value: source })
  dispatchEvent(event)
  return port1
}

/** All that comes by the port from now on. */
function heard(port: MessagePort): unknown[] {
  const all: unknown[] = []
  port.onmessage = ({ data }) => all.push(data)
  return all
}

async function viewIsReady(): Promise<MessagePort> {
  const given = new Promise<MessagePort>((resolve) =>
    preview.view.loaded({
      postMessage: (...all: unknown[]) => resolve((all[2] as MessagePort[])[0] as MessagePort),
    } as never),
  )
  const port = await given
  shown = heard(port) as ToView[]
  preview.mode({} as never)
  port.postMessage({ type: "ready" })
  await vi.waitFor(() => expect(shown.map(({ type }) => type)).toEqual(["mode"]))
  shown.length = 0
  return port
}

beforeEach(() => {
  vi.stubGlobal(
    "open",
    vi.fn(() => page),
  )
  preview = new Preview("https://view.example")
})
afterEach(() => {
  preview.close()
  vi.unstubAllGlobals()
})

test("the page is opened with the sign, and gets the rules when it answers", async () => {
  await viewIsReady()
  preview.rules({ unmask: ["#a"] })
  preview.open(`${SHOP}/checkout`)
  expect(String(vi.mocked(window.open).mock.calls[0]?.[0])).toBe(`${SHOP}/checkout#deskside-preview`)
  const port = hello()
  const got = heard(port)
  await vi.waitFor(() => expect(got).toEqual([{ rules: { unmask: ["#a"] } }]))
  preview.rules({ unmask: [] })
  await vi.waitFor(() => expect(got).toHaveLength(2))
  expect(preview.state.get()).toBe("shown")
})

test("what the page sends is shown, and pictures when they are wanted", async () => {
  const view = await viewIsReady()
  preview.open(SHOP)
  const port = hello()
  const hash = "a".repeat(64)
  port.postMessage({ type: "clear" })
  port.postMessage({ type: "asset", hash, mime: "image/png", data: new ArrayBuffer(3) })
  port.postMessage({ type: "message", message: [0, ["whole"]] })
  await vi.waitFor(() => expect(shown.map(({ type }) => type)).toEqual(["clear", "clear", "message"]))
  view.postMessage({ type: "want", hashes: [hash, "b".repeat(64)] })
  await vi.waitFor(() => expect(shown).toHaveLength(5))
  const assets = shown.slice(3).map((one) => one.type === "asset" && [one.hash[0], one.data?.byteLength])
  expect(assets).toEqual([
    ["a", 3],
    ["b", undefined],
  ])
})

test.each([
  ["https://evil.example", page],
  [SHOP, {}],
])("a stranger is not heard: %s", async (origin, source) => {
  await viewIsReady()
  preview.rules({ unmask: [] })
  preview.open(SHOP)
  hello(origin, source)
  expect(preview.state.get()).toBe("waiting")
})

test("a window that the browser does not open, and one that does not answer", () => {
  vi.useFakeTimers()
  preview.open(SHOP)
  vi.advanceTimersByTime(15_000)
  expect(preview.state.get()).toBe("silent")
  page.closed = true
  vi.advanceTimersByTime(1000)
  expect(preview.state.get()).toBe("closed")
  page.closed = false
  vi.useRealTimers()
  vi.mocked(window.open).mockReturnValue(null)
  preview.open(SHOP)
  expect(preview.state.get()).toBe("blocked")
})
