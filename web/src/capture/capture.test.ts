import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { PageServerFrame } from "../contract/messages"
import { PageCapture } from "./capture"
import type { Host } from "./parts"

class FakeSocket {
  static last: FakeSocket
  bufferedAmount = 0
  sent: { type: string; [name: string]: unknown }[] = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  constructor() {
    FakeSocket.last = this
  }
  send(data: string | Uint8Array): void {
    if (typeof data === "string") this.sent.push(JSON.parse(data))
  }
  close(): void {}
  say(frame: PageServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  welcome(): void {
    this.onopen?.()
    this.say({ type: "page.welcome", now: 1, epoch: 5, open: false })
  }
  said(type: string): unknown[] {
    return this.sent.filter((word) => word.type === type)
  }
}

let viewers: string[] = []
let notes: string[] = []
let capture: PageCapture

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeSocket)
  document.title = "Basket"
  viewers = []
  notes = []
  const host: Host = {
    ...{ base: "https://desk.example", session: "s", language: "en", panel: document.createElement("div") },
    rules: { unmask: [], mask: [], risky: [], origins: [] },
    access: () => "token-1",
    text: (key) => key,
    send: async () => {},
    viewers: () => viewers,
    controllers: () => [],
    notify: ({ state }) => notes.push(state),
  }
  capture = new PageCapture(host)
})
afterEach(() => {
  capture.close()
  vi.unstubAllGlobals()
})

const last = () => FakeSocket.last.said("page.about").at(-1) as { title: string; address: string }

describe("what a tab says of itself", () => {
  it("is no more than whether it is in front, but while somebody may see the page", () => {
    FakeSocket.last.welcome()
    expect(last()).toMatchObject({ title: "", address: "" })
    viewers = ["a"]
    capture.changed()
    expect(last().title).toBe("Basket")
    expect(last().address).toContain("http")
    viewers = []
    capture.changed()
    expect(last()).toMatchObject({ title: "", address: "" })
  })

  it("is nothing while the page pauses, which the server hears", () => {
    viewers = ["a"]
    FakeSocket.last.welcome()
    capture.pause(true)
    expect(last().title).toBe("")
    expect(FakeSocket.last.said("page.pause")).toEqual([{ type: "page.pause", paused: true }])
    capture.pause(false)
    expect(last().title).toBe("Basket")
  })

  it("goes after an alarm, of which the page's own script hears", () => {
    viewers = ["a"]
    FakeSocket.last.welcome()
    capture.heard({ type: "page.tabs", tabs: [], chosen: false, alarm: true })
    capture.changed()
    expect(notes).toContain("alarm")
    expect(last().title).toBe("")
  })
})
