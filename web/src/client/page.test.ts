import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { setLanguage } from "../ui/text"
import { settle } from "../wire/testing"
import { ClientPage } from "./page"

const TOKEN = "Ab0-_".repeat(5)
const WHEEL = "/client/w.whl#sha256=ab"
const DOWNLOAD = { path: "/client/rs-client", size: 91_000_000, sha256: "ab".repeat(32) }
customElements.define("deskside-client", ClientPage)

let copied: string[] = []
let refuse = false

beforeEach(() => {
  vi.useFakeTimers()
  setLanguage("en")
  copied = []
  refuse = false
  on("Linux x86_64")
})
afterEach(() => {
  document.body.replaceChildren()
  location.hash = ""
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function on(platform: string, userAgent = "a computer"): void {
  const clipboard = {
    writeText: async (text: string) => {
      if (refuse) throw new Error("no")
      copied.push(text)
    },
  }
  vi.stubGlobal("navigator", { platform, userAgent, languages: ["en"], clipboard })
}

function open(hash = "", download: typeof DOWNLOAD | null = null): ShadowRoot {
  location.hash = hash
  const boot = document.createElement("script")
  boot.type = "application/json"
  boot.id = "boot"
  boot.textContent = JSON.stringify({ company: "Acme", language: "en", wheel: WHEEL, download })
  document.body.append(boot)
  return document.body.appendChild(document.createElement("deskside-client")).shadowRoot as ShadowRoot
}

const commands = (root: ShadowRoot) => [...root.querySelectorAll("textarea")].map((one) => one.value)
const command = () =>
  `pipx run --spec "deskside-client @ ${location.origin}${WHEEL}" rs-client --server "${location.origin}"`
const radio = (root: ShadowRoot, name: string) =>
  [...root.querySelectorAll("label")].find((one) => one.textContent === name)?.querySelector("input")
const button = (root: ShadowRoot) => root.querySelector("button") as HTMLButtonElement

describe("the client's page", () => {
  it("without a link gives the command that asks for a number here", () => {
    const root = open()
    expect(commands(root)).toEqual([command()])
    expect(root.querySelector("[role=alert]")).toBeNull()
    expect(document.title).toBe("Acme · Our program for your computer")
  })

  it("with a link copies it by itself, out of the command, and keeps it for the other language", async () => {
    const root = open(`#${TOKEN}`)
    expect(commands(root)).toEqual([command()])
    const copy = [...root.querySelectorAll("button")].find((one) => one.textContent === "Copy link")
    copy?.click()
    await settle()
    expect(copied).toEqual([`${location.origin}/client#${TOKEN}`])
    expect(root.querySelector(".languages a")?.getAttribute("href")).toBe(`?lang=fr#${TOKEN}`)
  })

  it("puts nothing of a broken link into a command, and says so", () => {
    const root = open(`#${TOKEN}";id;"`)
    expect(commands(root).join()).not.toContain(TOKEN)
    expect(root.innerHTML).not.toContain(TOKEN)
    expect(root.querySelector("[role=alert]")?.textContent).toContain("not complete")
  })

  it("takes another link that is pasted into the same tab", () => {
    const root = open(`#${TOKEN}`)
    location.hash = `#${"y".repeat(32)}`
    dispatchEvent(new Event("hashchange"))
    expect(root.querySelector(".languages a")?.getAttribute("href")).toBe(`?lang=fr#${"y".repeat(32)}`)
  })

  it.each([
    ["Win32", "Windows", "PowerShell", "py -m pip"],
    ["MacIntel", "macOS", "Cmd + Space", "brew install"],
  ])("on %s says what differs there, and that it is not verified", (named, name, terminal, setup) => {
    on(named)
    const root = open("", DOWNLOAD)
    expect(radio(root, name)?.checked).toBe(true)
    expect(root.textContent).toContain(`Not verified on ${name}`)
    expect(root.textContent).toContain(terminal)
    expect(root.textContent).toContain(setup)
    expect(root.textContent).not.toContain("SHA-256")
  })

  it("lets one choose another platform", () => {
    on("Win32")
    const root = open("", DOWNLOAD)
    radio(root, "Linux")?.dispatchEvent(new Event("change"))
    expect(root.textContent).not.toContain("Not verified")
    expect(root.textContent).toContain(DOWNLOAD.sha256)
  })

  it("offers the file for Linux where there is one, with its digest and command", () => {
    const root = open(`#${TOKEN}`, DOWNLOAD)
    const link = root.querySelector("a.button")
    expect(link?.getAttribute("href")).toBe("/client/rs-client")
    expect(link?.textContent).toBe("Download rs-client (91 MB)")
    expect([...root.querySelectorAll("code")].map((one) => one.textContent)).toContain(DOWNLOAD.sha256)
    expect(commands(root)[1]).toBe(`chmod +x rs-client && ./rs-client --server "${location.origin}"`)
  })

  it("does not mention the file where there is none", () => {
    const root = open()
    expect(root.textContent).not.toMatch(/SHA-256|one file|single file/)
    expect(root.querySelector("a.button")).toBeNull()
  })

  it("gives no command on a phone", () => {
    on("Linux armv8l", "Android 15")
    const root = open(`#${TOKEN}`, DOWNLOAD)
    expect(commands(root)).toEqual([])
    expect(root.textContent).toContain("on a computer only")
  })

  it("copies the command, and says so for a moment", async () => {
    const root = open(`#${TOKEN}`)
    button(root).click()
    await settle()
    expect(copied).toEqual(commands(root))
    expect(button(root).textContent).toBe("Copied")
    expect(root.querySelector("[role=status]")?.textContent).toBe("Copied")
    vi.advanceTimersByTime(2000)
    expect(button(root).textContent).toBe("Copy command")
  })

  it("copies the file's command, and says so there", async () => {
    const root = open(`#${TOKEN}`, DOWNLOAD)
    const [first, , second] = root.querySelectorAll("button")
    second?.click()
    await settle()
    expect(copied).toEqual([commands(root)[1]])
    expect([first, second].map((one) => one?.textContent)).toEqual(["Copy command", "Copied"])
  })

  it("says how to copy where the browser does not", async () => {
    refuse = true
    const root = open()
    button(root).click()
    await settle()
    expect(root.querySelector("[role=status]")?.textContent).toContain("copy it yourself")
  })

  it("warns of fraud, and says what to do where installing is forbidden, in both languages", () => {
    expect(open().textContent).toMatch(/fraud.*codes or payment.*company’s IT.*“Share my screen”/)
    document.body.replaceChildren()
    setLanguage("fr")
    expect(open().textContent).toMatch(/escroquerie.*service informatique.*«\u00a0Partager mon écran\u00a0»/)
  })
})
