import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ClientBody, ServerBody } from "../contract/messages"
import type { FromView, Person, ToView } from "../page/port"
import { Refused } from "../wire/control"
import { FakeSocket } from "../wire/testing"
import { type LivePage, type PageMode, Pages } from "./pages"

const me: Person = { id: "agent", name: "Amélie", color: "#3155d6" }
const paul: Person = { id: "paul", name: "Paul", color: "#b3401f" }
const customer: Person = { id: "customer", name: "Jeanne", color: "#117a49" }
const mode: PageMode = { control: true, scale: "fit", language: "en", dark: false, me, customer }

let sent: ClientBody[]
let answer: () => Promise<void>
let pages: Pages
let page: LivePage
let port: MessagePort
let got: ToView[]

const window = {
  postMessage: (_message: unknown, _origin: string, [given]: [MessagePort]) => {
    port = given
    port.onmessage = ({ data }: MessageEvent<ToView>) => got.push(data)
  },
} as unknown as Window

const view = (message: FromView) => port.postMessage(message)
const told = <T extends ToView["type"]>(type: T) =>
  got.filter((one): one is Extract<ToView, { type: T }> => one.type === type)
const result = (part: Partial<Extract<ServerBody, { type: "page.result" }>>) =>
  pages.receive("s", { type: "page.result", act: "", by: "agent", outcome: "done", ...part })

async function act(): Promise<string> {
  const before = sent.length
  view({ type: "act", act: "theirs", epoch: 3, op: { op: "go", way: "back" } })
  await vi.waitFor(() => expect(sent.length).toBe(before + 1))
  const body = sent.at(-1)
  if (body?.type !== "page.act") throw new Error("no act")
  expect(body).toMatchObject({ epoch: 3, op: { op: "go", way: "back" } })
  return body.act
}

beforeEach(async () => {
  FakeSocket.reset()
  vi.stubGlobal("WebSocket", FakeSocket)
  sent = []
  got = []
  answer = () => Promise.resolve()
  pages = new Pages("https://view.example", (body) => {
    sent.push(body)
    return answer()
  })
  page = pages.of("s") as LivePage
  page.setMode(mode, [paul])
  page.host.loaded(window)
  view({ type: "ready" })
  await vi.waitFor(() => expect(told("mode").length).toBe(1))
})

afterEach(() => {
  pages.drop("s")
  port.close()
  vi.unstubAllGlobals()
})

describe("a page that is seen live", () => {
  it("is not there without an origin of the view", () => {
    expect(new Pages(null, answer).of("s")).toBeNull()
    expect(pages.of("s")).toBe(page)
  })

  it("gives the view its frames as they came, after saying that they begin", async () => {
    FakeSocket.last.open()
    const say = (data: unknown) => FakeSocket.last.onmessage?.({ data: data as string })
    say(JSON.stringify({ type: "page.welcome", now: 1, epoch: 0, open: true }))
    say(Uint8Array.of(1, 2).buffer)
    say(Uint8Array.of(3).buffer)
    say(JSON.stringify({ type: "page.flow", open: false }))
    await vi.waitFor(() => expect(told("clear").length).toBe(2))
    expect(got.slice(1).map((one) => (one.type === "frame" ? one.data.byteLength : one))).toEqual([
      { type: "clear", why: "loading" },
      2,
      1,
      { type: "clear", why: "hidden" },
    ])
    expect(page.store.get().open).toBe(false)
  })

  it("says of a page that paused itself that it did, and no more that it may be asked for", async () => {
    FakeSocket.last.open()
    FakeSocket.last.onmessage?.({ data: JSON.stringify({ type: "page.welcome", now: 1, epoch: 0, open: false }) })
    page.setPaused(true)
    page.setPaused(true)
    page.setPaused(false)
    await vi.waitFor(() => expect(told("clear").map((one) => one.why)).toEqual(["hidden", "paused", "loading"]))
    page.setPaused(true)
    FakeSocket.last.onmessage?.({ data: JSON.stringify({ type: "page.flow", open: true }) })
    FakeSocket.last.onmessage?.({ data: JSON.stringify({ type: "page.flow", open: false }) })
    await vi.waitFor(() =>
      expect(
        told("clear")
          .slice(3)
          .map((one) => one.why),
      ).toEqual(["paused", "paused"]),
    )
  })

  it("fetches all anew for a view that was made anew, and when the way to the server is new", async () => {
    expect(FakeSocket.all.length).toBe(1)
    page.host.loaded(window)
    view({ type: "ready" })
    await vi.waitFor(() => expect(FakeSocket.all.length).toBe(2))
    pages.linked()
    expect(FakeSocket.all.length).toBe(2)
    pages.linked()
    expect(FakeSocket.all.length).toBe(3)
  })

  it("sends acts under marks of its own, and tells the view what became of them", async () => {
    const mark = await act()
    result({ act: mark, outcome: "asking" })
    expect(page.store.get().answer).toMatchObject({ outcome: "asking" })
    result({ act: mark, outcome: "refused", reason: "declined" })
    result({ act: mark, outcome: "done" })
    result({ act: "unknown", outcome: "refused" })
    await vi.waitFor(() => expect(told("result").length).toBe(2))
    expect(told("result").at(-1)).toEqual({ type: "result", act: "theirs", outcome: "refused", reason: "declined" })
    expect(page.store.get().answer).toMatchObject({ outcome: "refused", reason: "declined" })
  })

  it("leaves the results of others alone, and says nothing about what the view tells", async () => {
    const mark = await act()
    result({ act: mark, by: "paul", outcome: "refused", reason: "masked" })
    result({ act: mark })
    result({ act: await act(), outcome: "refused", reason: "masked" })
    await vi.waitFor(() => expect(told("result").length).toBe(2))
    expect(page.store.get().answer).toBeNull()
  })

  it.each([
    ["offline", "failed", { outcome: "refused", reason: "offline" }],
    ["not_allowed", "no_consent", null],
    ["throttled", "too_many", null],
    ["conflict", "failed", null],
  ] as const)("reads a command refused as %s", async (code, forView, said) => {
    answer = () => Promise.reject(new Refused({ code, message: "" }))
    await act()
    await vi.waitFor(() => expect(told("result").at(-1)?.reason).toBe(forView))
    if (said) expect(page.store.get().answer).toMatchObject(said)
    else expect(page.store.get().answer).toBeNull()
  })

  it("lets the view do nothing without control", async () => {
    page.setMode({ ...mode, control: false }, [])
    view({ type: "act", act: "theirs", epoch: 3, op: { op: "go", way: "back" } })
    view({ type: "point", epoch: 3, shown: { mark: "highlight", node: 4 } })
    await vi.waitFor(() => expect(sent.length).toBe(1))
    expect(sent).toEqual([{ type: "page.point", epoch: 3, shown: { mark: "highlight", node: 4 } }])
  })

  it("leaves pointers out while many marks are on their way, and lines never", async () => {
    answer = () => new Promise(() => {})
    for (let n = 0; n < 20; n++) view({ type: "point", epoch: 3, shown: { mark: "pointer", at: [n, 0, 0] } })
    view({ type: "point", epoch: 3, shown: { mark: "stroke", stroke: 1, points: [[1, 0, 0]], end: true } })
    await vi.waitFor(() => expect(sent.at(-1)).toMatchObject({ shown: { mark: "stroke" } }))
    expect(sent.length).toBe(9)
  })

  it("shows the marks of colleagues who are there", async () => {
    const shown = { mark: "wipe" } as const
    pages.receive("s", { type: "page.pointed", by: "stranger", epoch: 3, shown })
    pages.receive("s", { type: "page.pointed", by: "paul", epoch: 3, shown })
    await vi.waitFor(() => expect(told("shown")).toEqual([{ type: "shown", by: paul, epoch: 3, shown }]))
  })

  it("takes a tool in the hand, puts it away, and wipes", async () => {
    page.setTool("draw")
    expect(page.store.get().tool).toBe("draw")
    page.setTool("draw")
    await vi.waitFor(() => expect(told("mode").map((one) => one.mode.tool)).toEqual(["none", "draw", "none"]))
    page.wipe()
    expect(sent).toEqual([])
    const state = { epoch: 3, shown: true, whole: true, width: 1, height: 1, scale: 1, address: "", title: "" }
    view({ type: "state", state })
    await vi.waitFor(() => expect(page.store.get().shown).toEqual(state))
    page.wipe()
    expect(sent).toEqual([{ type: "page.point", epoch: 3, shown: { mark: "wipe" } }])
  })
})
