import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ClientLink } from "../contract/messages"
import { render } from "../ui/dom"
import { setLanguage } from "../ui/text"
import { Refused } from "../wire/control"
import type { Api } from "../wire/http"
import { grant, person, settle, snapshot } from "../wire/testing"
import { fromSnapshot } from "../wire/view"
import { offer, Program } from "./program"

let made: (ClientLink | string)[] = []
let posted: string[] = []
let now = 100
let copied: string[] = []
let refuse = false
let no = 0
let program: Program
let box: HTMLElement

beforeEach(() => {
  vi.useFakeTimers()
  setLanguage("en")
  now = 100
  posted = []
  copied = []
  refuse = false
  no = 0
  made = [
    { path: "/client#first", number: "123456789", wheel: "/client/w.whl#sha256=ab", expires_at: 400 },
    { path: "/client#second", number: "987654321", wheel: "/client/w.whl#sha256=ab", expires_at: 900 },
  ]
  const api = {
    base: "https://desk.example",
    post: async (path: string) => {
      posted.push(path)
      const next = made.shift()
      if (typeof next === "string") throw new Refused({ code: "throttled", message: next })
      return next
    },
  } as unknown as Api
  vi.stubGlobal("navigator", {
    platform: "Linux x86_64",
    userAgent: "X11; Linux",
    clipboard: {
      writeText: async (text: string) => {
        if (refuse) throw new Error("no")
        copied.push(text)
      },
    },
  })
  box = document.body.appendChild(document.createElement("div"))
  program = new Program(api, () => now, show)
})
afterEach(() => {
  program.close()
  box.remove()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const view = fromSnapshot(snapshot({ participants: [person("me"), person("ag", { name: "Amélie Morel" })] }))
const asked = grant("desktop_control", "asked")
function show(): void {
  program.want()
  render(box, offer({ view, grant: asked, program, onNo: () => no++ }))
}
const button = (name: string) => [...box.querySelectorAll("button")].find((one) => one.textContent === name)

describe("the offer of the client", () => {
  it("says who asks for what, and gives command, number and link", async () => {
    show()
    expect(box.textContent).toContain("One moment")
    await settle()
    expect(box.querySelector("h2")?.textContent).toBe("May Amélie control your desktop?")
    expect(box.querySelector("input")?.value).toBe(
      'pipx run --spec "deskside-client @ https://desk.example/client/w.whl#sha256=ab" rs-client --server "https://desk.example"',
    )
    expect(box.querySelector("output")?.textContent).toBe("123 456 789")
    expect(box.querySelector("a")?.getAttribute("href")).toBe("https://desk.example/client#first")
    expect(posted).toEqual(["/session/client"])
  })

  it("has its first focus on the way out", async () => {
    show()
    await settle()
    expect(document.activeElement?.textContent).toBe("No, thanks")
    button("No, thanks")?.click()
    expect(no).toBe(1)
  })

  it("copies, and says so, or says that it could not", async () => {
    show()
    await settle()
    button("Copy link")?.click()
    await settle()
    expect(copied).toEqual(["https://desk.example/client#first"])
    expect(button("Copied")).toBeDefined()
    await vi.advanceTimersByTimeAsync(2100)
    expect(button("Copied")).toBeUndefined()
    refuse = true
    button("Copy number")?.click()
    await settle()
    expect(box.querySelector("p[role=status]")?.textContent).toContain("did not copy")
  })

  it("makes another when the first has run out, without a click", async () => {
    show()
    await settle()
    now = 401
    await vi.advanceTimersByTimeAsync(301_000)
    expect(box.querySelector("output")?.textContent).toBe("987 654 321")
    expect(posted).toHaveLength(2)
  })

  it("says why there is none, and tries again when told to", async () => {
    made.unshift("slowly")
    show()
    await settle()
    expect(box.querySelector("[role=alert]")?.textContent).toContain("Too many attempts")
    expect(posted).toHaveLength(1)
    button("Try again")?.click()
    await settle()
    expect(box.querySelector("output")).not.toBeNull()
  })

  it("says on a phone that it takes a computer", async () => {
    vi.stubGlobal("navigator", { ...navigator, userAgent: "Android 15; Mobile", platform: "Linux armv8" })
    show()
    await settle()
    expect(box.textContent).toContain("on a computer only")
    expect(box.querySelector("input, output")).toBeNull()
  })
})
