import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { FakeSocket, grant, info, line, settle, snapshot } from "../wire/testing"
import { type EmbedEvent, HelpPanel } from "./panel"

if (!customElements.get("deskside-help")) customElements.define("deskside-help", HelpPanel)

const SITE = { key: "shop", company: "Acme", languages: ["en"], capabilities: ["hear"], recording: "off", theme: {} }
const TICKET = { session: "s", reference: "K7", token: "token-1111-1111-11", window_link: "/j/window-link-111111" }
let panel: HelpPanel
let heard: [EmbedEvent, unknown][] = []
let answers: Record<string, () => Response> = {}
let asked: unknown[] = []

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeSocket)
  FakeSocket.reset()
  sessionStorage.clear()
  heard = []
  asked = []
  answers = {
    "/api/v1/sites/shop": () => Response.json(SITE),
    "/api/v1/sites/shop/sessions": () => Response.json(TICKET, { status: 201 }),
  }
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    if (init.body) asked.push(JSON.parse(String(init.body)))
    return answers[new URL(url).pathname]?.() ?? Response.json({ code: "not_found", message: "" }, { status: 404 })
  })
})
afterEach(() => {
  panel.visit?.close()
  panel.remove()
  vi.unstubAllGlobals()
})

async function place(): Promise<void> {
  panel = document.createElement("deskside-help") as HelpPanel
  panel.notify = (event, detail) => heard.push([event, detail])
  panel.start({
    base: "https://desk.example",
    site: "shop",
    language: "en",
    queue: null,
    skills: [],
    details: {},
    number: "",
    scheme: null,
    nonce: "",
    version: "0",
  })
  document.body.append(panel)
  await later()
}

/** Until fetches and drawings that wait on each other are through. */
async function later(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((done) => setTimeout(done))
  await settle()
}

const root = () => panel.shadowRoot as ShadowRoot
const button = (name: string) =>
  [...root().querySelectorAll("button")].find((b) => (b.getAttribute("aria-label") ?? b.textContent) === name)
const text = () => root().textContent ?? ""

async function press(name: string): Promise<void> {
  const found = button(name)
  expect(found, name).toBeDefined()
  found?.click()
  await later()
}

async function join(part = {}): Promise<void> {
  await place()
  await press("Get help")
  panel.name = "Jeanne"
  void panel.help()
  await later()
  FakeSocket.last.welcome()
  FakeSocket.last.event(snapshot(part))
  await later()
}

describe("the panel on the company's page", () => {
  it("shows nothing where the site is unknown", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {})
    answers["/api/v1/sites/shop"] = () => Response.json({ code: "foreign_origin", message: "" }, { status: 403 })
    await place()
    expect(root().querySelector("button")).toBeNull()
  })

  it("asks for help, then shows the place in line", async () => {
    await join({ session: info("waiting"), position: { type: "queue.position", position: 2, estimate: 170 } })
    expect(asked[0]).toMatchObject({ name: "Jeanne", language: "en" })
    expect(text()).toContain("You are number 2")
    expect(text()).toContain("about 3 minutes")
    expect(heard).toContainEqual(["state", "waiting"])
  })

  it("tells where the page is, without query and fragment", async () => {
    history.replaceState(null, "", "/order?token=s3cret#s3cret")
    await join()
    history.replaceState(null, "", "/")
    expect(asked[0]).toMatchObject({ page_url: `${location.origin}/order` })
  })

  it("asks for whom the page wants, and tells its mistakes", async () => {
    const mistakes: unknown[] = []
    const ignored = [{ field: "skills", value: "magic", reason: "not_listed" }]
    await place()
    panel.mistaken = (mistake) => mistakes.push(mistake)
    let address = ""
    answers["/api/v1/sites/shop"] = () => Response.json({ ...SITE, company: "Billing", ignored })
    const fetching = fetch
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      address = url
      return fetching(url, init)
    })
    panel.configure({ ...panel.config, queue: "billing", skills: ["magic"], details: { Order: "A-1" } })
    await later()
    expect(address).toMatch(/sites\/shop\?skill=magic&queue=billing$/)
    expect(panel.site?.company).toBe("Billing")
    expect(mistakes).toEqual(ignored)
    answers["/api/v1/sites/shop/sessions"] = () => Response.json({ ...TICKET, ignored }, { status: 201 })
    panel.name = "Jeanne"
    void panel.help()
    await later()
    expect(asked[0]).toMatchObject({ queue: "billing", skills: ["magic"], attributes: { Order: "A-1" } })
    expect(mistakes).toHaveLength(2)
    expect(panel.visit).not.toBeNull()
  })

  it("shows what the queue offers that was asked for last", async () => {
    await place()
    const held: ((answer: Response) => void)[] = []
    vi.stubGlobal("fetch", () => new Promise<Response>((done) => held.push(done)))
    panel.configure({ ...panel.config, queue: "slow" })
    panel.configure({ ...panel.config, queue: null })
    held[1]?.(Response.json({ ...SITE, company: "Own" }))
    await later()
    held[0]?.(Response.json({ ...SITE, company: "Slow" }))
    await later()
    expect(panel.site?.company).toBe("Own")
  })

  it("says in words why it could not", async () => {
    answers["/api/v1/sites/shop/sessions"] = () =>
      Response.json({ code: "throttled", message: "", retry_after: 12 }, { status: 429 })
    await place()
    await press("Get help")
    void panel.help()
    await later()
    expect(text()).toContain("Too many attempts. Please wait 12 seconds.")
  })

  it("says when it opens, and takes a number until then", async () => {
    const opens = new Date("2026-11-23T09:00:00").getTime() / 1000
    const now = vi.spyOn(Date, "now").mockReturnValue((opens - 3600) * 1000)
    await place()
    await press("Get help")
    answers["/api/v1/sites/shop"] = () => Response.json({ ...SITE, closed: { opens_at: opens, callback: true } })
    answers["/api/v1/sites/shop/sessions"] = () =>
      Response.json({ code: "queue_closed", message: "", retry_after: 3600 }, { status: 409 })
    void panel.help()
    await later()
    expect(text()).toContain("We are back on Monday, November 23 at")
    expect(text()).not.toContain("Please wait")
    expect(root().querySelector("textarea")).toBeNull()
    answers["/api/v1/sites/shop/callback"] = () => Response.json({ reference: "K7QF-29XR", at: null, open: [] })
    await press("Call me back")
    panel.name = "Jeanne"
    const form = root().querySelector("form") as HTMLFormElement
    expect(form.textContent).toContain("As soon as we are open")
    const number = root().querySelector("input[name=tel]") as HTMLInputElement
    number.value = "+33612345678"
    number.dispatchEvent(new Event("input"))
    form.dispatchEvent(new Event("submit", { cancelable: true }))
    await later()
    expect(asked.at(-1)).toMatchObject({ name: "Jeanne", number: "+33612345678", language: "en", at: null })
    expect(text()).toContain("K7QF-29XR")
    expect(button("Get help")).toBeUndefined()
    now.mockReturnValue((opens + 1) * 1000)
    panel.update()
    await later()
    expect(text()).toContain("K7QF-29XR")
    await press("Get help")
    expect(text()).toContain("How can we help?")
    now.mockRestore()
  })

  it("leaves the form alone in which somebody asks for a call when it opens", async () => {
    vi.useFakeTimers({ now: new Date("2026-11-23T08:59:00"), toFake: ["setTimeout", "Date"] })
    const opens = Date.now() / 1000 + 60
    const site = answers["/api/v1/sites/shop"]
    answers["/api/v1/sites/shop"] = () => Response.json({ ...SITE, closed: { opens_at: opens, callback: true } })
    const turns = () => vi.advanceTimersByTimeAsync(1)
    const placed = place()
    await vi.advanceTimersByTimeAsync(10)
    await placed
    button("Get help")?.click()
    await turns()
    button("Call me back")?.click()
    await turns()
    expect(text()).toContain("We are closed")
    const number = () => root().querySelector("input[name=tel]") as HTMLInputElement
    const before = number()
    before.value = "+33612345678"
    before.dispatchEvent(new Event("input"))
    answers["/api/v1/sites/shop"] = site as () => Response
    await vi.advanceTimersByTimeAsync(66_000)
    vi.useRealTimers()
    await later()
    expect(panel.site?.closed).toBeUndefined()
    expect(text()).not.toContain("We are closed")
    expect(number()).toBe(before)
    expect(text()).toContain("As soon as possible")
    await press("Close")
    expect(text()).toContain("How can we help?")
  })

  it("offers no call where nobody is called back", async () => {
    answers["/api/v1/sites/shop"] = () => Response.json({ ...SITE, closed: { opens_at: null, callback: false } })
    await place()
    await press("Get help")
    expect(text()).toContain("We are closed at the moment")
    expect(button("Call me back")).toBeUndefined()
  })

  it("turns from queue to chat when somebody comes", async () => {
    await join({ session: info("waiting") })
    FakeSocket.last.event({ type: "session.changed", session: info("live") }, 11)
    FakeSocket.last.event({ type: "line.added", line: line("l", "chat", { text: "<b>hello</b>" }) }, 12)
    await later()
    expect(text()).toContain("<b>hello</b>")
    expect(root().querySelector("b")).toBeNull()
    expect(heard).toContainEqual(["message", { from: "Agent ag", text: "<b>hello</b>" }])
  })

  it("leaves the chat alone that somebody writes in when a banner comes", async () => {
    await join()
    const box = () => root().querySelector("textarea") as HTMLTextAreaElement
    const before = box()
    before.focus()
    before.value = "half a sen"
    before.dispatchEvent(new Event("input"))
    FakeSocket.last.event({ type: "grant.changed", grant: grant("page_view") }, 11)
    await later()
    expect(text()).toContain("Agent ag (Acme) sees this page")
    expect(box()).toBe(before)
    expect(root().activeElement).toBe(before)
  })

  it("has the chat follow its newest line when the queue gave way to it", async () => {
    await join({ session: info("waiting") })
    FakeSocket.last.event({ type: "session.changed", session: info("live") }, 11)
    await later()
    const lines = root().querySelector(".lines") as HTMLElement
    Object.defineProperty(lines, "scrollHeight", { value: 500 })
    FakeSocket.last.event({ type: "line.added", line: line("l", "chat", { text: "new" }) }, 12)
    await later()
    expect(lines.scrollTop).toBe(500)
  })

  it("says so when the server will not have it back in the middle of a talk", async () => {
    await join({ grants: [grant("page_view")] })
    FakeSocket.last.say({ type: "bye", error: { code: "resume_refused", message: "" } })
    await later()
    expect(text()).toContain("We could not bring you back")
    expect(text()).not.toContain("sees this page")
    expect(root().querySelector("textarea")).toBeNull()
  })

  it("goes on with what was typed, and with Stop by Escape, when the page moves it", async () => {
    await join({ grants: [grant("page_view")] })
    const box = root().querySelector("textarea") as HTMLTextAreaElement
    box.value = "half a sen"
    box.dispatchEvent(new Event("input"))
    document.body.append(panel)
    for (let press = 0; press < 2; press++)
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }))
    expect(FakeSocket.last.bodies).toContainEqual({ type: "stop" })
    panel.visit?.close()
    panel.remove()
    await place()
    expect(panel.chat.text).toBe("half a sen")
  })

  it("does not open a second window beside the one that has the call", async () => {
    const opened = { location: { href: "about:blank", replace: vi.fn() }, close: vi.fn(), focus: vi.fn() }
    vi.stubGlobal("open", () => opened)
    await join({ presence: [{ participant: "me", online: true, streams: [], media: "connected" }] })
    await press("Talk, video or share screen")
    expect(opened.close).toHaveBeenCalled()
    expect(text()).toContain("The call window is open already.")
    await press("I have closed it: open a new one")
    expect(opened.location.replace).toHaveBeenCalledWith("https://desk.example/j/window-link-111111?lang=en")
    expect(text()).not.toContain("The call window is open already.")
  })

  it("looks for its site again when the server was in trouble", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] })
    answers["/api/v1/sites/shop"] = () => new Response("<html>", { status: 502 })
    panel = document.createElement("deskside-help") as HelpPanel
    panel.start({
      base: "https://desk.example",
      site: "shop",
      language: "en",
      queue: null,
      skills: [],
      details: {},
      number: "",
      scheme: null,
      nonce: "",
      version: "0",
    })
    document.body.append(panel)
    await settle()
    expect(root().querySelector("button")).toBeNull()
    answers["/api/v1/sites/shop"] = () => Response.json(SITE)
    await vi.advanceTimersByTimeAsync(10_000)
    vi.useRealTimers()
    await later()
    expect(button("Get help")).toBeDefined()
  })

  it("names each viewer, folded away too, and Stop is one click", async () => {
    await join({ grants: [grant("page_view")] })
    await press("Fold away")
    expect(text()).toContain("Agent ag (Acme) sees this page")
    await press("Stop")
    expect(FakeSocket.last.bodies).toContainEqual({ type: "stop" })
    expect(text()).toContain("Nobody sees your screen now.")
    expect(text()).not.toContain("sees this page")
  })

  it("stops at Escape pressed twice, anywhere on the page", async () => {
    await join({ grants: [grant("page_view")] })
    const pressEscape = () =>
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }))
    pressEscape()
    expect(FakeSocket.last.bodies).toEqual([])
    pressEscape()
    expect(FakeSocket.last.bodies).toContainEqual({ type: "stop" })
  })

  it("asks before recording; the question leaves with the answer", async () => {
    const question = grant("record", "asked")
    await join({ grants: [question] })
    expect(text()).toContain("May Acme record this conversation?")
    await press("Allow")
    expect(FakeSocket.last.bodies).toContainEqual({ type: "grant.answer", grant: question.id, allow: true })
    expect(button("Allow")).toBeUndefined()
  })

  it("comes back into the session on the next page", async () => {
    await join()
    panel.visit?.close()
    panel.remove()
    await place()
    FakeSocket.last.open()
    expect(FakeSocket.last.sent[0]).toMatchObject({ type: "hello", token: "resume-token-2222" })
    expect(panel.open).toBe(true)
  })

  it("says when it cannot come back, and begins anew", async () => {
    await join()
    panel.visit?.close()
    panel.remove()
    await place()
    FakeSocket.last.open()
    FakeSocket.last.say({ type: "bye", error: { code: "resume_refused", message: "" } })
    await later()
    expect(text()).toContain("We could not bring you back")
    await press("Ask again")
    expect(text()).toContain("How can we help?")
    expect(sessionStorage.length).toBe(0)
  })

  it("asks for a rating only where somebody had answered", async () => {
    await join({ session: info("waiting") })
    await press("Fold away")
    FakeSocket.last.event(
      { type: "session.changed", session: info("ended", { ended_at: 9, ended_by: "customer" }) },
      11,
    )
    await later()
    expect(text()).toBe("The conversation is over")
    const answered = info("ended", { answered_at: 5, ended_at: 9, ended_by: "customer" })
    FakeSocket.last.event({ type: "session.changed", session: answered }, 12)
    await later()
    expect(text()).toBe("Rate us")
  })

  it("says at the end why a file could not be fetched", async () => {
    const file = {
      id: "f",
      name: "a.txt",
      size: 1,
      media_type: "",
      sender: "me",
      state: "ready" as const,
      created_at: 1,
    }
    await join({ files: [file], session: info("ended", { answered_at: 1, ended_at: 9, ended_by: "agent" }) })
    await press("a.txt (1 byte)")
    expect(root().querySelector("[role=alert]")?.textContent).toContain("We could not find that.")
  })

  it("offers a link when the browser keeps the window shut", async () => {
    vi.stubGlobal("open", () => null)
    await join()
    await press("Talk, video or share screen")
    const link = root().querySelector("a")
    expect(link?.href).toBe("https://desk.example/j/window-link-111111?lang=en")
  })
})

describe("a report from the panel", () => {
  const OPENER = "This is not right: end and report"
  const over = (by: "customer" | "agent") =>
    FakeSocket.last.event(snapshot({ seq: 20, session: info("ended", { ended_by: by, answered_at: 1 }) }))

  it("is confirmed first; Escape goes back to where one was", async () => {
    await join()
    await press(OPENER)
    expect(text()).toContain("Acme is told that something was not right")
    expect(root().activeElement).toBe(button("Stay"))
    button("Stay")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }))
    await later()
    expect(root().activeElement).toBe(button(OPENER))
    expect(FakeSocket.last.bodies).toEqual([])
  })

  it("stops everything, says what happened, and the end says that it was told", async () => {
    await join({ grants: [grant("page_view")] })
    await press(OPENER)
    const field = root().querySelector("textarea") as HTMLTextAreaElement
    field.value = "They want vouchers."
    field.dispatchEvent(new Event("input"))
    FakeSocket.obliging = false
    root()
      .querySelector("form")
      ?.dispatchEvent(new Event("submit", { cancelable: true }))
    await later()
    expect(FakeSocket.last.bodies).toEqual([
      { type: "stop" },
      { type: "session.report", reason: "They want vouchers." },
    ])
    expect(text()).toContain("The company is being told")
    expect(text()).not.toContain("The company was told")
    for (const { id } of FakeSocket.last.commands) FakeSocket.last.reply(id)
    over("customer")
    await later()
    expect(text()).toContain("The company was told that something was not right.")
    expect(root().querySelector("input[type=radio]")).toBeNull()
    await press("Fold away")
    expect(text()).not.toContain("Rate us")
  })

  it("that came too late is not said to have been told", async () => {
    await join()
    await press(OPENER)
    panel.report()
    over("agent")
    await later()
    expect(text()).not.toContain("The company was told")
    expect(root().querySelector("input[type=radio]")).not.toBeNull()
  })

  it("that was refused can be sent again, with what was typed", async () => {
    await join()
    await press(OPENER)
    FakeSocket.obliging = false
    panel.report()
    for (const { id } of FakeSocket.last.commands) FakeSocket.last.reply(id, "conflict")
    await later()
    expect(root().querySelector("[role=alert]")).not.toBeNull()
    expect(button("End and report")).toBeDefined()
  })
})
