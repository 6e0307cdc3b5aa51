import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { DeviceTrouble } from "../rtc/devices"
import { track } from "../rtc/testing"
import { Api } from "../wire/http"
import { FakeSocket, grant, info, settle, snapshot } from "../wire/testing"
import { TokenStore } from "../wire/tokens"
import { Call } from "./call"

let call: Call
let tracks: ReturnType<typeof track>[] = []
let refuse: DeviceTrouble | null = null
let store: TokenStore

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeSocket)
  FakeSocket.reset()
  sessionStorage.clear()
  tracks = []
  refuse = null
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
  it("microphone and camera come back without a question, the share by a button", async () => {
    store.change({ extra: { mic: true, muted: true, camera: true, screen: true } })
    await begin({ grants: [grant("hear"), grant("see"), grant("screen_view")] })
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

describe("the line", () => {
  it("is asked for once, when somebody is there", async () => {
    await begin({ session: info("waiting", { primary: null }), participants: [] })
    const opens = () => FakeSocket.last.bodies.filter((body) => body.type === "media.open").length
    expect(opens()).toBe(0)
    FakeSocket.last.event(snapshot({ seq: 11 }))
    await settle()
    FakeSocket.last.event({ type: "queue.position", position: 1, estimate: null })
    await settle()
    expect(opens()).toBe(1)
  })
})
