import { afterEach, describe, expect, it, vi } from "vitest"
import { Tabs } from "./tabs"

let open: Tabs[] = []
let links = 0

interface Tab {
  tabs: Tabs
  state: { has: boolean; joined: string[]; stopped: number }
}

function tab(has: boolean, site = "tabs-test"): Tab {
  const state = { has, joined: [] as string[], stopped: 0 }
  const tabs = new Tabs({
    site,
    has: () => state.has,
    part: async () => ({ session: "s", reference: "K7", token: `part-${++links}`, window_link: null }),
    join: ({ token }) => {
      state.joined.push(token)
      state.has = true
    },
    stop: () => state.stopped++,
    pause: () => {},
  })
  open.push(tabs)
  return { tabs, state }
}

afterEach(() => {
  for (const tabs of open) tabs.close()
  open = []
  links = 0
})

const quiet = () => new Promise((done) => setTimeout(done, 50))

describe("tabs of a site", () => {
  it("let a new one in, by one ticket of one of them", async () => {
    const [first, second] = [tab(true), tab(true)]
    const third = tab(false)
    third.tabs.ask()
    await vi.waitFor(() => expect(third.state.joined).toEqual(["part-1"]))
    await quiet()
    expect(links).toBe(1)
    expect([first.state.joined, second.state.joined]).toEqual([[], []])
  })

  it("hear of a session that begins in one of them", async () => {
    const [waiting, other] = [tab(false), tab(true)]
    other.tabs.here()
    await vi.waitFor(() => expect(waiting.state.joined).toHaveLength(1))
  })

  it("without a session, or of another site, let nobody in", async () => {
    tab(false)
    tab(true, "other")
    const asks = tab(false)
    asks.tabs.ask()
    await quiet()
    expect(asks.state.joined).toEqual([])
    expect(links).toBe(0)
  })

  it("stop together", async () => {
    const [one, two] = [tab(true), tab(true)]
    one.tabs.stopped()
    await vi.waitFor(() => expect(two.state.stopped).toBe(1))
    expect(one.state.stopped).toBe(0)
  })

  it("take no notice of what is none of their words", async () => {
    const one = tab(false)
    const channel = new BroadcastChannel("deskside:tabs-test")
    for (const word of [
      null,
      7,
      "x",
      {},
      { type: "part", to: "me", ticket: {} },
      { type: "part", ticket: { token: "t" } },
    ]) {
      channel.postMessage(word)
    }
    await quiet()
    channel.close()
    expect(one.state.joined).toEqual([])
  })
})
