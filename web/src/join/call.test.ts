import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { DeviceTrouble } from "../rtc/devices"
import { FakeConnection, offer, track } from "../rtc/testing"
import { render } from "../ui/dom"
import { setLanguage } from "../ui/text"
import { Api } from "../wire/http"
import { FakeSocket, grant, info, person, settle, snapshot } from "../wire/testing"
import { TokenStore } from "../wire/tokens"
import { Call } from "./call"
import { noMedia } from "./stage"

let call: Call
let tracks: ReturnType<typeof track>[] = []
let refuse: DeviceTrouble | null = null
let store: TokenStore
/** What the browser would answer without asking. */
let allowed: PermissionState | null = "granted"

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeSocket)
  vi.stubGlobal("RTCPeerConnection", FakeConnection)
  FakeConnection.all = []
  FakeSocket.reset()
  sessionStorage.clear()
  tracks = []
  refuse = null
  allowed = "granted"
  store = new TokenStore("call")
  store.put({ session: "s", reference: "K7", resume: "first", access: null })
})
afterEach(() => {
  call.close()
  vi.unstubAllGlobals()
})

async function begin(part = {}): Promise<void> {
  call = new Call({
    api: new Api("https://desk.example"),
    store,
    changed: () => {},
    permission: async () => allowed,
    capture: async (label) => {
      if (refuse) throw refuse
      const made = track(label === "mic" ? "audio" : "video")
      tracks.push(made)
      return made
    },
  })
  FakeSocket.last.welcome()
  FakeSocket.last.event(snapshot(part))
  await settle()
}

const sent = () => FakeSocket.last.bodies.filter((body) => !body.type.startsWith("media."))
const change = (body: ReturnType<typeof grant>, seq = 11) =>
  FakeSocket.last.event({ type: "grant.changed", grant: body }, seq)

describe("a report", () => {
  it("ends what leaves this page before the server has heard of it, and is told after Stop", async () => {
    await begin()
    await call.microphone()
    await call.camera()
    expect(call.sending).toEqual(["mic", "camera"])
    const before = sent().length
    call.report()
    expect(call.sending).toEqual([])
    expect(tracks.every((one) => one.readyState === "ended")).toBe(true)
    expect(FakeConnection.all.every((one) => one.connectionState === "closed")).toBe(true)
    await settle()
    expect(sent().slice(before)).toEqual([{ type: "stop" }, { type: "session.report", reason: "" }])
  })

  it("that is still to be told brings nothing back with a reload", async () => {
    const heard = [grant("hear")]
    await begin({ grants: heard })
    await call.microphone()
    FakeSocket.last.close()
    call.report()
    call.close()
    store = new TokenStore("call")
    const captured = tracks.length
    await begin({ grants: heard })
    expect(tracks.length).toBe(captured)
    expect(sent()).toEqual([{ type: "session.report", reason: "" }])
    expect(FakeSocket.last.bodies.map((body) => body.type)).not.toContain("media.open")
  })
})

describe("a question", () => {
  it("that is answered with yes asks the browser and sends", async () => {
    const asked = grant("screen_view", "asked")
    await begin({ grants: [asked] })
    await call.answer(asked, true)
    expect(sent()).toEqual([{ type: "grant.answer", grant: asked.id, allow: true }])
    expect(call.sending).toEqual(["screen"])
  })

  it("that is answered with no captures nothing", async () => {
    const asked = grant("see", "asked")
    await begin({ grants: [asked] })
    await call.answer(asked, false)
    expect(sent()).toEqual([{ type: "grant.answer", grant: asked.id, allow: false }])
    expect(tracks).toEqual([])
  })

  it("is taken back, and explained, when the browser says no", async () => {
    const asked = grant("screen_view", "asked")
    await begin({ grants: [asked] })
    refuse = new DeviceTrouble("dismissed")
    const answered = call.answer(asked, true)
    change(grant("screen_view"))
    await answered
    expect(sent()).toEqual([
      { type: "grant.answer", grant: asked.id, allow: true },
      { type: "grant.withdraw", capability: "screen_view" },
    ])
    expect(call.notice).toEqual({ kind: "trouble", label: "screen", why: "dismissed" })
  })

  it("that was closed meanwhile leaves nothing running", async () => {
    const asked = grant("see", "asked")
    await begin({ grants: [asked] })
    FakeSocket.obliging = false
    const answered = call.answer(asked, true)
    await settle()
    const command = FakeSocket.last.commands.find((c) => c.body.type === "grant.answer")
    FakeSocket.last.reply(command?.id ?? -1, "conflict")
    await answered
    expect(call.sending).toEqual([])
    expect(tracks[0]?.readyState).toBe("ended")
  })

  it("that was closed meanwhile takes nothing from whoever was allowed before", async () => {
    const asked = grant("hear", "asked", "second")
    await begin({ grants: [grant("hear"), asked] })
    await call.microphone()
    FakeSocket.obliging = false
    const answered = call.answer(asked, true)
    await settle()
    const command = FakeSocket.last.commands.find((c) => c.body.type === "grant.answer")
    FakeSocket.last.reply(command?.id ?? -1, "conflict")
    await answered
    expect(call.sending).toEqual(["mic"])
  })

  it("to record needs no device", async () => {
    const asked = grant("record", "asked")
    await begin({ grants: [asked] })
    await call.answer(asked, true)
    expect(tracks).toEqual([])
  })
})

describe("of one's own accord", () => {
  it("the microphone gives hearing, and later only falls silent", async () => {
    await begin()
    await call.microphone()
    expect(sent()).toEqual([{ type: "grant.give", capability: "hear" }])
    change(grant("hear"))
    await call.microphone()
    expect(tracks[0]?.enabled).toBe(false)
    expect(FakeSocket.last.bodies.at(-1)).toEqual({ type: "media.mute", muted: true })
    await call.microphone()
    expect(tracks[0]?.enabled).toBe(true)
    expect(sent()).toHaveLength(1)
  })

  it("the camera gives seeing, and takes it back", async () => {
    await begin()
    await call.camera()
    change(grant("see"))
    await call.camera()
    expect(sent()).toEqual([
      { type: "grant.give", capability: "see" },
      { type: "grant.withdraw", capability: "see" },
    ])
    expect(tracks[0]?.readyState).toBe("ended")
  })

  it("nothing stays on when giving is refused", async () => {
    await begin()
    FakeSocket.obliging = false
    const shared = call.share()
    await settle()
    const command = FakeSocket.last.commands.find((c) => c.body.type === "grant.give")
    FakeSocket.last.reply(command?.id ?? -1, "not_allowed")
    await shared
    expect(call.sending).toEqual([])
    expect(call.notice).toEqual({ kind: "refused", code: "not_allowed" })
  })

  it("another device that cannot be had is said, and the permission goes with the line", async () => {
    await begin({ grants: [grant("hear")] })
    await call.microphone()
    refuse = new DeviceTrouble("busy")
    await call.choose("mic", "other")
    expect(call.notice).toEqual({ kind: "trouble", label: "mic", why: "busy" })
    expect(sent().at(-1)).toEqual({ type: "grant.withdraw", capability: "hear" })
  })

  it("the browser's own stop takes the permission back", async () => {
    await begin()
    await call.share()
    change(grant("screen_view"))
    tracks[0]?.die()
    expect(sent().at(-1)).toEqual({ type: "grant.withdraw", capability: "screen_view" })
    expect(call.notice).toEqual({ kind: "share_ended" })
  })
})

describe("stop", () => {
  it("is here before it is anywhere, even without a connection", async () => {
    await begin({ grants: [grant("screen_view"), grant("see"), grant("hear")] })
    await call.share()
    await call.camera()
    await call.microphone()
    FakeSocket.last.close()
    call.stop()
    expect(call.sending).toEqual(["mic"])
    expect(tracks.slice(0, 2).map((t) => t.readyState)).toEqual(["ended", "ended"])
    expect(call.notice).toEqual({ kind: "nobody" })
  })

  it("by the server ends what is captured", async () => {
    await begin({ grants: [grant("screen_view")] })
    await call.share()
    change(grant("screen_view", "ended"))
    expect(tracks[0]?.readyState).toBe("ended")
    expect(call.notice).toEqual({ kind: "nobody" })
  })

  it("comes with the end of the session", async () => {
    await begin({ grants: [grant("hear")] })
    await call.microphone()
    FakeSocket.last.event({ type: "session.changed", session: info("ended") }, 11)
    expect(tracks[0]?.readyState).toBe("ended")
  })
})

describe("after a reload", () => {
  it("a voice that the browser refused plays as soon as there is a microphone", async () => {
    await begin({ grants: [grant("hear")] })
    const unblock = vi.spyOn(call.playback, "unblock")
    await call.camera()
    call.playback.blocked = true
    await call.microphone()
    expect(unblock).toHaveBeenCalledOnce()
    expect(call.playback.blocked).toBe(false)
  })

  it("microphone and camera come back without a question, the share by a button", async () => {
    store.change({ extra: { mic: true, muted: true, camera: true, screen: true } })
    await begin({ grants: [grant("hear"), grant("see"), grant("screen_view")] })
    expect(tracks[0]?.enabled).toBe(false)
    expect(call.sending).toEqual(["mic", "camera"])
    expect(call.local.state("mic")).toMatchObject({ muted: true })
    expect(call.shareAgain).toBe(true)
    expect(sent()).toEqual([])
    await call.share()
    expect(call.sending).toContain("screen")
    expect(sent()).toEqual([])
  })

  it("what is no longer allowed stays off", async () => {
    store.change({ extra: { mic: true, camera: true, screen: true } })
    await begin({ grants: [grant("hear", "withdrawn"), grant("screen_view", "ended")] })
    expect(call.sending).toEqual([])
    expect(call.shareAgain).toBe(false)
  })

  it("remembers what was on", async () => {
    await begin({ grants: [grant("see")] })
    await call.camera()
    expect(new TokenStore("call").value?.extra).toMatchObject({ camera: true, mic: false })
    await call.camera()
    expect(new TokenStore("call").value?.extra).toMatchObject({ camera: false })
  })
})

const WAITING = { session: info("waiting", { primary: null }), participants: [person("me")] }
const answered = () => FakeSocket.last.event(snapshot({ seq: 11 }), 11)
const opens = () => FakeSocket.last.bodies.filter((body) => body.type === "media.open").length

describe("what was checked while waiting", () => {
  it("stays here until somebody answers, then goes out without a click", async () => {
    await begin(WAITING)
    await call.local.prepare("mic")
    await call.local.prepare("camera")
    expect(call.sending).toEqual([])
    expect(sent()).toEqual([])
    answered()
    await settle()
    expect(sent()).toEqual([
      { type: "grant.give", capability: "hear" },
      { type: "grant.give", capability: "see" },
    ])
    expect(call.sending).toEqual(["mic", "camera"])
    expect(FakeSocket.last.bodies.at(-1)).toEqual({ type: "media.mute", muted: false })
    expect(tracks).toHaveLength(2)
  })

  it("is sent only when it was given", async () => {
    await begin(WAITING)
    await call.local.prepare("mic")
    FakeSocket.obliging = false
    answered()
    await settle()
    expect(call.sending).toEqual([])
    const command = FakeSocket.last.commands.find((c) => c.body.type === "grant.give")
    FakeSocket.last.reply(command?.id ?? -1, "not_allowed")
    await settle()
    expect(tracks[0]?.readyState).toBe("ended")
    expect(call.notice).toEqual({ kind: "refused", code: "not_allowed" })
  })

  it("goes out with the next connection when this one breaks", async () => {
    await begin(WAITING)
    await call.local.prepare("mic")
    FakeSocket.obliging = false
    answered()
    await settle()
    FakeSocket.last.close()
    await settle()
    expect(call.sending).toEqual([])
    expect(tracks[0]?.readyState).toBe("live")
    FakeSocket.obliging = true
    dispatchEvent(new Event("online"))
    FakeSocket.last.welcome()
    await settle()
    expect(sent()).toEqual([{ type: "grant.give", capability: "hear" }])
    expect(call.sending).toEqual(["mic"])
  })

  it("is taken back when it was switched off while it was being given", async () => {
    await begin(WAITING)
    await call.local.prepare("camera")
    FakeSocket.obliging = false
    answered()
    await settle()
    call.stop()
    const command = FakeSocket.last.commands.find((c) => c.body.type === "grant.give")
    FakeSocket.last.reply(command?.id ?? -1)
    await settle()
    expect(call.sending).toEqual([])
    expect(sent().at(-1)).toEqual({ type: "grant.withdraw", capability: "see" })
  })

  it("ends with the switch and with Leave", async () => {
    await begin(WAITING)
    await call.local.prepare("mic")
    await call.local.prepare("camera")
    call.local.drop("mic")
    expect(tracks.map((t) => t.readyState)).toEqual(["ended", "live"])
    call.leave()
    expect(tracks.map((t) => t.readyState)).toEqual(["ended", "ended"])
    answered()
    await settle()
    expect(sent()).toEqual([{ type: "session.leave" }])
  })

  it("is nothing without a check", async () => {
    await begin(WAITING)
    answered()
    await settle()
    expect(tracks).toEqual([])
    expect(sent()).toEqual([])
  })

  it("is not an answer of the browser that comes after the agent", async () => {
    await begin(WAITING)
    const asked = call.local.prepare("mic")
    answered()
    await asked
    await settle()
    expect(tracks[0]?.readyState).toBe("ended")
    expect(sent()).toEqual([])
  })

  it("is remembered by the tab, until it is switched off", async () => {
    await begin(WAITING)
    await call.local.prepare("mic")
    expect(new TokenStore("call").value?.extra).toMatchObject({ standby: { mic: true, camera: false } })
    call.local.drop("mic")
    expect(new TokenStore("call").value?.extra).toMatchObject({ standby: { mic: false, camera: false } })
  })

  it.each(["waiting", "live"] as const)("comes back after a reload, %s", async (state) => {
    store.change({ extra: { standby: { mic: true, camera: false } } })
    await begin(state === "waiting" ? WAITING : {})
    await call.recovered
    await settle()
    if (state === "waiting") {
      expect(call.local.state("mic").kind).toBe("ready")
      expect(sent()).toEqual([])
      answered()
      await settle()
    }
    expect(sent()).toEqual([{ type: "grant.give", capability: "hear" }])
    expect(call.sending).toEqual(["mic"])
  })

  it.each(["prompt", "denied", null] as const)("never makes the browser ask after a reload: %s", async (answer) => {
    allowed = answer
    store.change({ extra: { standby: { mic: true, camera: true } } })
    await begin(WAITING)
    await call.recovered
    expect(tracks).toEqual([])
    expect(call.local.state("mic").kind).toBe("off")
  })
})

describe("the line", () => {
  const connection = () => FakeConnection.all.at(-1) as FakeConnection

  it("is laid while one waits, and not asked for again when somebody answers", async () => {
    await begin(WAITING)
    expect(opens()).toBe(1)
    FakeSocket.last.event(offer("a"))
    await settle()
    connection().become("connected")
    answered()
    await settle()
    FakeSocket.last.event({ type: "queue.position", position: 1, estimate: null })
    await settle()
    expect(opens()).toBe(1)
    expect(connection().closed).toBe(false)
  })

  it("is asked for when somebody answers and there is none", async () => {
    await begin(WAITING)
    answered()
    await settle()
    expect(opens()).toBe(2)
  })

  it("that fails twice is said, with what to do, until it is there", async () => {
    setLanguage("en")
    await begin(WAITING)
    const page = document.createElement("div")
    const said = () => {
      render(page, noMedia(call))
      return page.querySelector("[role=status]")?.textContent ?? null
    }
    for (const leg of ["a", "b"]) {
      expect(said()).toBeNull()
      FakeSocket.last.event(offer(leg))
      await settle()
      connection().become("failed")
    }
    expect(said()).toContain("Check the network or VPN")
    FakeSocket.last.event(offer("c"))
    await settle()
    connection().become("connected")
    expect(said()).toBeNull()
  })

  it("is not laid for somebody who is still being invited", async () => {
    await begin({ ...WAITING, session: info("inviting", { primary: null }) })
    expect(opens()).toBe(0)
  })
})
