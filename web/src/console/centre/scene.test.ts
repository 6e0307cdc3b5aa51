import { describe, expect, it } from "vitest"
import type { Received } from "../../rtc/peer"
import { levelOf } from "./quality"
import { scene } from "./scene"

const track = {} as MediaStreamTrack
const got = (mid: string, label: Received["label"]): Received => ({ mid, label, participant: "customer", track })
const ids = (list: readonly { id: string }[]) => list.map((one) => one.id)

describe("the stage", () => {
  it("shows a screen before faces, and faces as tiles beside it", () => {
    const now = scene([got("1", "camera"), got("2", "screen"), got("3", "mic")], track, null)
    expect([now.front, ids(now.large), ids(now.tiles)]).toEqual(["screen", ["2"], ["1", "own"]])
  })

  it("takes a desktop or an application for a screen", () => {
    const now = scene([got("1", "camera"), got("2", "application"), got("3", "desktop")], null, null)
    expect([now.front, ids(now.large), ids(now.tiles)]).toEqual(["screen", ["2"], ["1", "3"]])
  })

  it("shows what was chosen, as long as there is something", () => {
    expect(scene([got("1", "camera"), got("2", "screen")], null, "video").front).toBe("video")
    expect(scene([got("2", "screen")], null, "video").front).toBe("screen")
  })

  it("shows faces when nobody shares a screen", () => {
    expect(scene([got("1", "camera")], null, null).front).toBe("video")
  })

  it("shows the customer's page before all else, and the others as tiles", () => {
    const now = scene([got("1", "camera"), got("2", "screen")], null, null, true)
    expect([now.front, ids(now.large), ids(now.tiles)]).toEqual(["page", [], ["1", "2"]])
    expect(scene([got("2", "screen")], null, "screen", true).front).toBe("screen")
    expect(scene([got("2", "screen")], null, "page", false).front).toBe("screen")
  })

  it("shows folders where nothing else is, or where the agent chose them, and nothing large beside them", () => {
    const both = [got("1", "camera"), got("2", "screen")]
    expect(scene([], null, null, false, true).front).toBe("folders")
    expect(scene(both, null, null, false, true).front).toBe("screen")
    const now = scene(both, null, "folders", false, true)
    expect([now.front, ids(now.large), ids(now.tiles)]).toEqual(["folders", [], ["1", "2"]])
    expect(scene(both, null, "folders").front).toBe("screen")
  })

  it("is empty at first, and one's own camera is a tile only", () => {
    const now = scene([], track, null)
    expect([now.front, ids(now.large), ids(now.tiles)]).toEqual(["screen", [], ["own"]])
  })
})

describe("quality", () => {
  it("is the worse of delay and loss", () => {
    expect(levelOf(null, null)).toBe(null)
    expect(levelOf(40, 0)).toBe("good")
    expect(levelOf(250, 0)).toBe("fair")
    expect(levelOf(40, 0.08)).toBe("poor")
  })
})
