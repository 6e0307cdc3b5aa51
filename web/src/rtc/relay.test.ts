import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { reachesRelay } from "./relay"

const SERVERS = [{ urls: ["turn:relay.example"], username: "1:me", credential: "c" }]
let made: Gatherer[] = []

class Gatherer {
  onicecandidate: (event: unknown) => void = () => {}
  closed = false
  constructor(readonly settings: RTCConfiguration) {
    made.push(this)
  }
  createDataChannel(): void {}
  async setLocalDescription(): Promise<void> {}
  close(): void {
    this.closed = true
  }
  gives(candidate: { type: string | null } | null): void {
    this.onicecandidate({ candidate })
  }
}

beforeEach(() => {
  made = []
  vi.useFakeTimers()
  vi.stubGlobal("RTCPeerConnection", Gatherer)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function answer(act: (one: Gatherer) => void): Promise<boolean> {
  const asked = reachesRelay(SERVERS)
  act(made[0] as Gatherer)
  const found = await asked
  expect(made[0]).toMatchObject({ closed: true, settings: { iceServers: SERVERS, iceTransportPolicy: "relay" } })
  return found
}

describe("a relay", () => {
  it("is reached when it gives an address", async () => {
    expect(await answer((one) => one.gives({ type: "relay" }))).toBe(true)
  })

  it("is not reached when all that could be found is none of its", async () => {
    const end = (one: Gatherer) => {
      one.gives({ type: "host" })
      one.gives({ type: null })
      one.gives(null)
    }
    expect(await answer(end)).toBe(false)
  })

  it("is not waited for without end", async () => {
    expect(await answer(() => vi.advanceTimersByTime(8000))).toBe(false)
  })

  it("is of no use where connections are forbidden", async () => {
    vi.stubGlobal("RTCPeerConnection", undefined)
    expect(await reachesRelay(SERVERS)).toBe(false)
  })
})
