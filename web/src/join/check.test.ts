import { beforeEach, describe, expect, it, vi } from "vitest"
import { DeviceTrouble } from "../rtc/devices"
import { LocalMedia } from "../rtc/local"
import { track } from "../rtc/testing"
import { render } from "../ui/dom"
import { setLanguage } from "../ui/text"
import { Check } from "./check"
import { checkView } from "./checkview"
import "./texts"

let tracks: ReturnType<typeof track>[] = []
let blocked = false
let relayed: () => Promise<boolean>
let check: Check
const page = document.createElement("div")

beforeEach(() => {
  setLanguage("en")
  tracks = []
  blocked = false
  relayed = async () => true
  const local = new LocalMedia({
    publish: async () => {},
    changed: () => {},
    ended: () => {},
    capture: async (label) => {
      if (blocked) throw new DeviceTrouble("blocked")
      const made = track(label === "mic" ? "audio" : "video")
      tracks.push(made)
      return made
    },
  })
  check = new Check(
    local,
    async () => 20,
    () => relayed(),
    () => {},
  )
})

function shown(company: string | null = "Acme"): string {
  render(page, checkView(check, company))
  return page.textContent ?? ""
}

const lever = (name: string) => page.querySelector<HTMLElement>(`[role=switch][aria-label="${name}"]`)

describe("the check while one waits", () => {
  it("says before what it leads to, and captures nothing yet", () => {
    expect(shown()).toContain("an agent hears or sees it from the moment they answer")
    expect(lever("Microphone")).toBeNull()
    expect(tracks).toEqual([])
  })

  it("leaves on what works, and says so", async () => {
    await check.devices()
    expect(shown()).toContain("Your microphone is on: Acme will hear you when an agent answers.")
    expect(shown()).toContain("Your camera is on: Acme will see you when an agent answers.")
    expect(lever("Microphone")?.getAttribute("aria-checked")).toBe("true")
  })

  it("ends the capture with the switch, and begins it again", async () => {
    await check.devices()
    shown()
    lever("Microphone")?.click()
    expect(tracks[0]?.readyState).toBe("ended")
    expect(shown()).toContain("Microphone off until you turn it on")
    expect(lever("Microphone")?.getAttribute("aria-checked")).toBe("false")
    await check.toggle("mic")
    expect(shown()).toContain("Your microphone is on")
  })

  it("says that calls may not get through where the relay is not reached, and looks again", async () => {
    relayed = async () => false
    await check.testNetwork()
    expect(shown()).toContain("calls may not get through this network")
    relayed = async () => true
    const again = [...page.querySelectorAll("button")].find((one) => one.textContent === "Try again")
    again?.click()
    await vi.waitFor(() => expect(shown()).toContain("The network is good (20 ms)"))
    relayed = () => Promise.reject(new Error("offline"))
    await check.testNetwork()
    expect(shown()).toContain("The server was not reached.")
  })

  it("has no switch for what does not work", async () => {
    blocked = true
    await check.devices()
    expect(shown()).toContain("Your microphone is blocked.")
    expect(lever("Microphone")).toBeNull()
  })

  it("asks for no camera once somebody has answered", async () => {
    const asked = check.devices()
    check.end(false)
    await asked
    expect(tracks.map((t) => t.kind)).toEqual(["audio"])
  })

  it("promises nothing where nobody waits yet", async () => {
    await check.devices()
    expect(shown(null)).toContain("The microphone works")
    expect(lever("Microphone")).toBeNull()
  })
})
