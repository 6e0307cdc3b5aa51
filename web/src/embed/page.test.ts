import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Capture, Host } from "../capture/parts"
import { FakeSocket, grant, info, settle, snapshot } from "../wire/testing"
import { type EmbedEvent, HelpPanel } from "./panel"

if (!customElements.get("deskside-help")) customElements.define("deskside-help", HelpPanel)

const PAGE = { unmask: [".o"], mask: [".p"], risky: ["#pay"], origins: ["https://shop.example"] }
const SITE = {
  key: "shop",
  company: "Acme",
  languages: ["en"],
  capabilities: [],
  recording: "off",
  theme: {},
  page: PAGE,
}
const CONFIG = {
  ...{
    base: "https://desk.example",
    site: "shop",
    language: "en" as const,
    queue: null,
    skills: [],
    details: {},
    number: "",
    scheme: null,
  },
  ...{ nonce: "n0nce", version: "abc" },
}
const CAPTURE = Symbol.for("deskside.capture")
const registry = globalThis as Record<symbol, unknown>

let panel: HelpPanel
let heard: [EmbedEvent, unknown][] = []
let host: Host
let calls: string[] = []
/** What happened in the capture, in the very call. */
let capture: Capture

let sites = 0

beforeEach(() => {
  // A site of its own for each test: tabs of one site find each other.
  CONFIG.site = `shop-${++sites}`
  vi.stubGlobal("WebSocket", FakeSocket)
  FakeSocket.reset()
  sessionStorage.clear()
  heard = []
  calls = []
  capture = {
    changed: () => calls.push(`changed ${host.viewers().join()}|${host.controllers().join()}`),
    heard: (body) => calls.push(body.type),
    pause: (paused) => calls.push(`pause ${paused}`),
    close: () => calls.push("close"),
  }
  registry[CAPTURE] = (given: Host) => {
    host = given
    calls.push("made")
    return capture
  }
  vi.stubGlobal("fetch", async (url: string) =>
    new URL(url).pathname === `/api/v1/sites/${CONFIG.site}`
      ? Response.json(SITE)
      : Response.json({ session: "s", reference: "K7", token: "token-1111-1111-11" }, { status: 201 }),
  )
})
afterEach(() => {
  panel.end()
  delete registry[CAPTURE]
  vi.unstubAllGlobals()
})

async function later(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((done) => setTimeout(done))
  await settle()
}

async function place(): Promise<void> {
  panel = document.createElement("deskside-help") as HelpPanel
  panel.notify = (event, detail) => heard.push([event, detail])
  panel.start(CONFIG)
  document.body.append(panel)
  await later()
}

async function join(part = {}): Promise<void> {
  await place()
  void panel.help()
  await later()
  FakeSocket.last.welcome()
  FakeSocket.last.event(snapshot(part))
  await later()
}

const text = () => panel.shadowRoot?.textContent ?? ""

describe("the page's script", () => {
  it("is fetched when there is a session and not before, with our tag's nonce, for its version", async () => {
    delete registry[CAPTURE]
    const scripts: HTMLScriptElement[] = []
    vi.spyOn(document.head, "append").mockImplementation((...nodes) => {
      scripts.push(...(nodes as HTMLScriptElement[]))
    })
    await place()
    expect(scripts).toEqual([])
    void panel.help()
    await later()
    FakeSocket.last.welcome()
    FakeSocket.last.event(snapshot({ session: info("waiting") }))
    await later()
    expect(scripts.map((script) => script.src)).toEqual(["https://desk.example/page.js?v=abc"])
    expect(scripts[0]?.nonce).toBe("n0nce")
    registry[CAPTURE] = (given: Host) => {
      host = given
      calls.push("made")
      return capture
    }
    scripts[0]?.onload?.(new Event("load"))
    await later()
    expect(calls[0]).toBe("made")
    vi.restoreAllMocks()
  })

  it("is told the site's rules, and what the page itself masks", async () => {
    await join()
    expect(host.rules).toEqual(PAGE)
    expect(host.session).toBe("s")
    expect(host.access()).toBe("access-token-2222")
    panel.page.mask(".mine")
    expect(host.rules.mask).toEqual([".p", ".mine"])
    expect(() => panel.page.mask("[[")).toThrow()
  })

  it("hears who may see and who may act, and what the server says", async () => {
    await join()
    FakeSocket.last.event({ type: "grant.changed", grant: grant("page_view") }, 11)
    expect(calls.at(-1)).toBe("changed ag|")
    FakeSocket.last.event({ type: "grant.changed", grant: grant("page_control") }, 12)
    expect(calls.at(-1)).toBe("changed ag|ag")
    FakeSocket.last.event({ type: "grant.changed", grant: grant("page_control", "withdrawn") }, 13)
    expect(calls.at(-1)).toBe("changed ag|")
    expect(calls).toContain("grant.changed")
  })

  it("is stopped in the very call of Stop, before any server has heard of it", async () => {
    await join({ grants: [grant("page_view"), grant("page_control")] })
    FakeSocket.obliging = false
    calls = []
    panel.stop()
    expect(calls).toContain("changed |")
  })

  it("is stopped in the very event of a second Escape", async () => {
    await join({ grants: [grant("page_view")] })
    calls = []
    for (let press = 0; press < 2; press++)
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }))
    expect(calls).toContain("changed |")
  })

  it("stays stopped over a reload before the server had heard of it", async () => {
    await join({ grants: [grant("page_view")] })
    FakeSocket.obliging = false
    panel.stop()
    panel.leaveVisit()
    panel.remove()
    FakeSocket.obliging = true
    calls = []
    await place()
    FakeSocket.last.welcome()
    FakeSocket.last.event(snapshot({ grants: [grant("page_view")] }))
    await later()
    expect(calls.filter((call) => call.startsWith("changed ag"))).toEqual([])
    expect(FakeSocket.last.bodies).toContainEqual({ type: "stop" })
    panel.leaveVisit()
    panel.remove()
    await place()
    FakeSocket.last.welcome()
    expect(FakeSocket.last.bodies).toEqual([])
  })

  it("hears of an alarm that was before it", async () => {
    await join({ page: { type: "page.tabs", tabs: [], chosen: false, alarm: true } })
    expect(calls.slice(0, 4)).toContain("page.tabs")
  })

  it("goes with the session, and when the page takes the panel away", async () => {
    await join({ grants: [grant("page_view")] })
    FakeSocket.last.event({ type: "session.changed", session: info("ended", { ended_at: 2, ended_by: "agent" }) }, 11)
    expect(calls.at(-1)).toBe("close")
    await later()
    panel.end()
    panel.remove()
    sessionStorage.clear()
    await join({ grants: [grant("page_view")] })
    const socket = FakeSocket.last
    calls = []
    panel.end()
    expect(calls).toContain("changed |")
    expect(calls.at(-1)).toBe("close")
    expect(socket.bodies).toContainEqual({ type: "stop" })
    expect(panel.isConnected).toBe(false)
  })

  it("pauses and goes on as the page says", async () => {
    await join({ grants: [grant("page_view")] })
    expect(calls.filter((call) => call.startsWith("pause"))).toEqual([])
    panel.pause(true)
    expect(calls.at(-1)).toBe("pause true")
    panel.pause(false)
    expect(calls.at(-1)).toBe("pause false")
  })

  it("stays paused on the next page of the tab, until that says otherwise", async () => {
    await join({ grants: [grant("page_view")] })
    panel.pause(true)
    const next = async () => {
      panel.leaveVisit()
      panel.remove()
      calls = []
      await place()
      FakeSocket.last.welcome()
      FakeSocket.last.event(snapshot({ grants: [grant("page_view")] }))
      await later()
    }
    await next()
    expect(calls.slice(0, 2)).toEqual(["made", "pause true"])
    panel.pause(false)
    await next()
    expect(calls).not.toContain("pause true")
  })

  it("is paused by another tab of the site", async () => {
    await join({ grants: [grant("page_view")] })
    const channel = new BroadcastChannel(`deskside:${CONFIG.site}`)
    channel.postMessage({ type: "pause", paused: true })
    await vi.waitFor(() => expect(calls.at(-1)).toBe("pause true"))
    expect(panel.page.paused).toBe(true)
    channel.close()
  })

  it("says what is shown: to the page's script, and on the button", async () => {
    await join({ grants: [grant("page_view")] })
    host.notify({ state: "shown" })
    await later()
    expect(heard).toContainEqual(["page", { state: "shown" }])
    panel.fold()
    await later()
    expect(panel.shadowRoot?.querySelector(".launch")?.classList).toContain("seen")
    expect(text()).toContain("This page is being seen.")
    host.notify({ state: "hidden" })
    await later()
    expect(panel.shadowRoot?.querySelector(".launch")?.classList).not.toContain("seen")
  })
})

describe("the panel", () => {
  it("names who sees and who controls", async () => {
    await join({ grants: [grant("page_view"), grant("page_control")] })
    expect(text()).toContain("Agent ag (Acme) sees and controls this page")
    FakeSocket.last.event({ type: "grant.changed", grant: grant("page_control", "withdrawn") }, 11)
    FakeSocket.last.event({ type: "grant.changed", grant: grant("screen_view") }, 12)
    FakeSocket.last.event({ type: "grant.changed", grant: grant("desktop_control") }, 13)
    await later()
    expect(text()).toContain("Agent ag (Acme) sees this page")
    expect(text()).toContain("Agent ag (Acme) controls your desktop")
  })

  it.each(["page_view", "page_control"] as const)("asks for %s in words of its own, unfolded", async (capability) => {
    await join()
    panel.fold()
    FakeSocket.last.event({ type: "grant.changed", grant: grant(capability, "asked") }, 11)
    await later()
    expect(panel.open).toBe(true)
    expect(text()).toContain(capability === "page_view" ? "May Agent see this page?" : "May Agent click and type")
    const allow = [...(panel.shadowRoot?.querySelectorAll("button") ?? [])].find((b) => b.textContent === "Allow")
    allow?.click()
    await later()
    expect(FakeSocket.last.bodies).toContainEqual({ type: "grant.answer", grant: `${capability}-ag`, allow: true })
  })

  it("takes other words, colours and queues while it is there", async () => {
    await place()
    panel.configure({ ...CONFIG, language: "fr", scheme: "dark", queue: "q2" })
    panel.theme({ accent: "#aa0000" })
    await later()
    expect(text()).toContain("Obtenir de l’aide")
    expect(panel.getAttribute("data-scheme")).toBe("dark")
    expect(panel.style.getPropertyValue("--accent")).toContain("#aa0000")
    panel.configure({ ...CONFIG, language: "en" })
    expect(panel.hasAttribute("data-scheme")).toBe(false)
  })
})
