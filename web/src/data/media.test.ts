import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ClientBody } from "../contract/messages"
import { FakeConnection, FakeTrack, track } from "../rtc/testing"
import { settle } from "../wire/testing"
import { Media } from "./media"

/** A source whose clones are kept, to be listened to. */
class Source extends FakeTrack {
  clones: FakeTrack[] = []
  clone(): FakeTrack {
    const made = new FakeTrack(this.kind)
    this.clones.push(made)
    return made
  }
}

let media: Media
let sent: [ClientBody, string | null][]
let microphone: Source
/** The browser's question about the camera, while it stands open. */
let camera: (track: MediaStreamTrack) => void
let screens: FakeTrack[]

beforeEach(() => {
  sessionStorage.clear()
  vi.stubGlobal("RTCPeerConnection", FakeConnection)
  sent = []
  screens = []
  microphone = new Source("audio")
  const stream = (one: unknown) => ({ getTracks: () => [one] })
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: (wish: MediaStreamConstraints) =>
        wish.audio
          ? Promise.resolve(stream(microphone))
          : new Promise((done) => {
              camera = (one) => done(stream(one))
            }),
      getDisplayMedia: async () => {
        const made = track()
        screens.push(made)
        return stream(made)
      },
    },
  })
  media = new Media(async (body, session) => {
    sent.push([body, session])
  })
})
afterEach(() => {
  media.close()
  vi.unstubAllGlobals()
})

async function talking(): Promise<FakeTrack> {
  media.ensure("s")
  media.setMic("s", true)
  await vi.waitFor(() => expect(microphone.clones).toHaveLength(1))
  return microphone.clones[0] as FakeTrack
}

describe("the agent's microphone", () => {
  it("falls silent at once, even while the browser asks for the camera", async () => {
    const voice = await talking()
    expect(voice.enabled).toBe(true)
    media.setCamera("s", true)
    await settle()
    media.setMic("s", false)
    expect(voice.enabled).toBe(false)
    media.setMic("s", true)
    media.hold("s")
    expect(voice.enabled).toBe(false)
    camera(new Source("video") as unknown as MediaStreamTrack)
  })

  it("is not taken from who is spoken to by a session that is not there", async () => {
    const voice = await talking()
    media.setMic("gone", true)
    media.resume("gone")
    await settle()
    expect(media.store.get().focus.focus).toBe("s")
    expect(voice.enabled).toBe(true)
  })

  it("is given back when the answer comes after the page has closed", async () => {
    media.ensure("s")
    media.setCamera("s", true)
    await vi.waitFor(() => expect(camera).toBeDefined())
    media.close()
    const late = new Source("video")
    camera(late as unknown as MediaStreamTrack)
    await vi.waitFor(() => expect(late.readyState).toBe("ended"))
  })
})

describe("the agent's screen", () => {
  it("is captured once, however often it is shared", async () => {
    media.ensure("s")
    await media.share("s")
    await media.share("s")
    expect(screens.map((one) => one.readyState)).toEqual(["ended", "live"])
    screens[0]?.die()
    expect(media.store.get().shares.s).toBe(screens[1])
  })

  it("is told to have ended with the session, so that nobody is given it later", async () => {
    const told: [string, boolean][] = []
    media.onShare = (session, on) => told.push([session, on])
    media.ensure("s")
    await media.share("s")
    media.drop("s")
    expect(told).toEqual([
      ["s", true],
      ["s", false],
    ])
    expect(screens[0]?.readyState).toBe("ended")
  })
})

describe("voices", () => {
  it("that the browser refuses are played when there is a microphone, unless it refuses still", async () => {
    let allowed = false
    const player = { muted: false, plays: 0, play: () => Promise.resolve() }
    player.play = () => {
      if (!allowed) return Promise.reject(new DOMException("", "NotAllowedError"))
      player.plays++
      return Promise.resolve()
    }
    media.adopt(player as unknown as HTMLMediaElement)
    await settle()
    expect(media.store.get().silenced).toBe(true)
    media.hear()
    await settle()
    expect(media.store.get().silenced).toBe(true)
    allowed = true
    await talking()
    expect(player.plays).toBe(1)
    expect(media.store.get().silenced).toBe(false)
  })
})
