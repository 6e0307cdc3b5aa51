import { describe, expect, it, vi } from "vitest"
import { capture, DeviceTrouble } from "./devices"
import { LocalMedia } from "./local"
import { track } from "./testing"

function media(give: () => Promise<MediaStreamTrack>) {
  const publish = vi.fn(async () => {})
  const ended = vi.fn()
  return { publish, ended, local: new LocalMedia({ publish, ended, changed: () => {}, capture: give }) }
}

describe("microphone, camera and share", () => {
  it("are sent when started, dead when stopped", async () => {
    const one = track()
    const { local, publish } = media(async () => one)
    expect(await local.start("screen")).toBe(true)
    expect(publish).toHaveBeenLastCalledWith("screen", one)
    local.stop("screen")
    expect(one.stop).toHaveBeenCalled()
    expect(publish).toHaveBeenLastCalledWith("screen", null)
    expect(local.state("screen").kind).toBe("off")
  })

  it("throw away an answer of the browser that comes after the stop", async () => {
    const one = track()
    let give: (track: MediaStreamTrack) => void = () => {}
    const { local, publish } = media(() => new Promise((done) => (give = done)))
    const started = local.start("camera")
    local.stop("camera")
    give(one)
    expect(await started).toBe(false)
    expect(one.stop).toHaveBeenCalled()
    expect(publish).not.toHaveBeenCalledWith("camera", one)
  })

  it("are not sent while they are only looked at", async () => {
    const { local, publish } = media(async () => track())
    await local.prepare("camera")
    expect(local.state("camera").kind).toBe("ready")
    expect(publish).not.toHaveBeenCalled()
    local.drop("camera")
    expect(local.state("camera").kind).toBe("off")
  })

  it("fall silent without giving the device up", async () => {
    const one = track("audio")
    const { local } = media(async () => one)
    await local.start("mic")
    local.mute(true)
    expect([one.enabled, one.readyState]).toEqual([false, "live"])
    await local.start("mic")
    expect([one.enabled, local.state("mic")]).toMatchObject([true, { muted: false }])
  })

  it("stay silent with another device, from its first sample on", async () => {
    const made: ReturnType<typeof track>[] = []
    const loud: boolean[] = []
    const local = new LocalMedia({
      publish: async (_, one) => {
        if (one) loud.push(one.enabled)
      },
      ended: () => {},
      changed: () => {},
      capture: async () => {
        const one = track("audio")
        made.push(one)
        return one
      },
    })
    await local.start("mic")
    local.mute(true)
    expect(await local.choose("mic", "other")).toBe(true)
    expect(loud).toEqual([true, false])
    expect([made[1]?.enabled, local.state("mic")]).toMatchObject([false, { muted: true }])
  })

  it("say why they could not be had", async () => {
    const { local } = media(async () => Promise.reject(new DeviceTrouble("busy")))
    expect(await local.start("mic")).toBe(false)
    expect(local.state("mic")).toEqual({ kind: "trouble", why: "busy" })
  })

  it("tell when the browser ended it", async () => {
    const one = track()
    const { local, ended } = media(async () => one)
    await local.start("screen")
    one.die()
    expect(ended).toHaveBeenCalledWith("screen")
    expect(local.state("screen").kind).toBe("off")
  })
})

describe("what the browser refuses", () => {
  const refusing = (name: string) => {
    const getUserMedia = vi.fn(async () => Promise.reject(new DOMException("", name)))
    vi.stubGlobal("navigator", {
      mediaDevices: { getUserMedia, getDisplayMedia: getUserMedia },
      permissions: { query: async () => ({ state: "denied" }) },
    })
  }
  it.each([
    ["mic", "NotAllowedError", "blocked"],
    ["screen", "NotAllowedError", "dismissed"],
    ["camera", "NotFoundError", "missing"],
    ["camera", "NotReadableError", "busy"],
    ["mic", "WhoKnows", "unknown"],
  ] as const)("is told apart: %s %s", async (label, name, why) => {
    refusing(name)
    await expect(capture(label)).rejects.toMatchObject({ why })
    vi.unstubAllGlobals()
  })

  it("is the system's when that keeps the screen shut", async () => {
    const getDisplayMedia = async () =>
      Promise.reject(new DOMException("Permission denied by system", "NotAllowedError"))
    vi.stubGlobal("navigator", { mediaDevices: { getDisplayMedia } })
    await expect(capture("screen")).rejects.toMatchObject({ why: "blocked" })
    vi.unstubAllGlobals()
  })

  it("falls back when the chosen device is gone, whatever kind of error says so", async () => {
    const getUserMedia = vi.fn(async (wish: MediaStreamConstraints) => {
      if (JSON.stringify(wish).includes("exact")) throw { name: "OverconstrainedError", constraint: "deviceId" }
      return { getTracks: () => [track("audio")] }
    })
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } })
    await capture("mic", "unplugged")
    expect(getUserMedia).toHaveBeenCalledTimes(2)
    vi.unstubAllGlobals()
  })

  it("includes that a phone cannot share", async () => {
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: async () => {} } })
    await expect(capture("screen")).rejects.toMatchObject({ why: "unsupported" })
    vi.unstubAllGlobals()
  })

  it("asks for a microphone that does not hear the loudspeaker", async () => {
    const getUserMedia = vi.fn(async () => ({ getTracks: () => [track("audio")] }))
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } })
    await capture("mic", "chosen")
    expect(getUserMedia).toHaveBeenCalledWith({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, deviceId: { exact: "chosen" } },
    })
    vi.unstubAllGlobals()
  })
})
