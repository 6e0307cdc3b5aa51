import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { FakeSocket, info, settle, snapshot } from "../wire/testing"
import { TokenStore } from "../wire/tokens"
import { readConfig } from "./config"
import { HelpPanel } from "./panel"

if (!customElements.get("deskside-help")) customElements.define("deskside-help", HelpPanel)

const SITE = {
  key: "shop",
  company: "Acme",
  languages: ["en"],
  capabilities: [],
  recording: "off",
  theme: {},
  page: {},
}
const TICKET = { session: "s", reference: "K7", token: "token-1111-1111-11", window_link: null }
const KEPT = { session: "s", reference: "K7", resume: "token-1111-1111-11", access: null }

let panel: HelpPanel
let channels: string[] = []
/** Each call of the server, until it is answered. */
let calls: { answer: (response: Response) => void; fail: (error: Error) => void; signal: AbortSignal | null }[] = []

beforeEach(() => {
  sessionStorage.clear()
  FakeSocket.reset()
  channels = []
  calls = []
  vi.stubGlobal("WebSocket", FakeSocket)
  vi.stubGlobal(
    "BroadcastChannel",
    class {
      onmessage: ((message: { data: unknown }) => void) | null = null
      constructor(name: string) {
        channels.push(name)
      }
      /** Another tab has the mark. */
      postMessage(word: unknown): void {
        if (word === "?") this.onmessage?.({ data: "!" })
      }
      close(): void {}
    },
  )
  // Takes no notice of the signal: an answer may be on its way already.
  vi.stubGlobal(
    "fetch",
    (_url: string, { signal }: RequestInit) =>
      new Promise<Response>((answer, fail) => calls.push({ answer, fail, signal: signal ?? null })),
  )
})
afterEach(() => {
  panel.end()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, "locks")
})

function place(): void {
  const tag = document.createElement("script")
  tag.src = "https://desk.example/embed.js"
  tag.dataset.site = "shop"
  panel = document.createElement("deskside-help") as HelpPanel
  const config = readConfig(tag)
  if (config) panel.start(config)
  document.body.append(panel)
}

async function later(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((done) => setTimeout(done))
  await settle()
}

describe("a panel that was taken off the page", () => {
  it("meets no other tab when its site answers late", async () => {
    place()
    panel.end()
    calls[0]?.answer(Response.json(SITE))
    await later()
    expect(channels).toEqual([])
    expect(panel.site).toBeNull()
    expect(calls[0]?.signal?.aborted).toBe(true)
  })

  it("does not ask again when its site was not reached", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] })
    place()
    panel.end()
    calls[0]?.fail(new TypeError("Failed to fetch"))
    await settle()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(calls).toHaveLength(1)
  })

  it("does not ask its site when help is refused late, nor when its wishes change", async () => {
    place()
    void panel.help()
    panel.end()
    calls[1]?.answer(Response.json({ code: "queue_closed", message: "" }, { status: 409 }))
    await later()
    panel.configure({ ...panel.config, queue: "billing" })
    await later()
    expect(calls).toHaveLength(2)
  })

  it("leaves the help that it still got to the next one", async () => {
    place()
    void panel.help()
    panel.end()
    calls[1]?.answer(Response.json(TICKET, { status: 201 }))
    await later()
    expect(panel.visit).toBeNull()
    expect(FakeSocket.all).toEqual([])
    expect(panel.store.value?.resume).toBe(TICKET.token)
    place()
    expect(FakeSocket.all).toHaveLength(1)
  })

  it("does not try again for the script that shows the page", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {})
    const scripts: HTMLScriptElement[] = []
    const append = vi.spyOn(document.head, "append").mockImplementation((...nodes) => {
      scripts.push(...(nodes as HTMLScriptElement[]))
    })
    place()
    calls[0]?.answer(Response.json(SITE))
    await later()
    void panel.help()
    calls[1]?.answer(Response.json(TICKET, { status: 201 }))
    await later()
    FakeSocket.last.welcome()
    FakeSocket.last.event(snapshot({ session: info("waiting") }))
    await later()
    panel.end()
    expect(scripts).toHaveLength(1)
    scripts[0]?.onerror?.(new Event("error"))
    await later()
    expect(warned).not.toHaveBeenCalled()
    append.mockRestore()
    warned.mockRestore()
  })

  it.each([true, false])("does not come back once it knows whether the tab is its own (%s)", async (own) => {
    const kept = { ...KEPT, mark: `mark-${own}` }
    new TokenStore("site:shop").put(kept)
    let decide = () => {}
    const request = (_name: string, _options: object, then: (lock: object | null) => Promise<void>) =>
      new Promise<void>((done) => {
        decide = () => done(then(own ? {} : null))
      })
    Object.defineProperty(navigator, "locks", { value: { request }, configurable: true })
    place()
    panel.end()
    decide()
    await later()
    expect(panel.visit).toBeNull()
    expect(FakeSocket.all).toEqual([])
    expect(new TokenStore("site:shop").value).toEqual(kept)
  })
})
