import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Op } from "../page/acts"
import { ChildCapture } from "./child"
import type { ToChild } from "./childport"
import { ChildFrames } from "./children"
import type { Host } from "./parts"

const seen = vi.hoisted(() => ({ stopped: 0, may: [] as boolean[] }))

vi.mock("./acts", () => ({
  PageActor: class {
    layer = { element: document.createElement("div") }
    #host: Host
    constructor(host: Host) {
      this.#host = host
    }
    act(_op: Op, _epoch: number, by: { id: string }) {
      seen.may.push(this.#host.controllers().includes(by.id))
    }
    show() {}
    stop() {
      seen.stopped++
    }
  },
}))

const RULES = { unmask: [], mask: [], risky: [], origins: ["https://pay.example"] }
const CLICK = { op: "click", node: 2 } as unknown as Op
let ports: MessageChannel
let child: ChildCapture

beforeEach(() => {
  ports = new MessageChannel()
  child = new ChildCapture({ base: "https://desk.example", port: ports.port1, rules: RULES })
  seen.stopped = 0
  seen.may = []
})

afterEach(() => {
  child.close()
  ports.port2.close()
})

const say = (word: ToChild) => ports.port2.postMessage(word)
const by = (id: string) => ({ id, name: id })

test("in a frame nothing goes on of what one began who may not act any more", async () => {
  say({ type: "start", texts: {}, language: "en", controllers: ["a", "b"] })
  say({ type: "act", n: 1, op: CLICK, by: by("a") })
  say({ type: "revoke", controllers: ["a", "b", "c"] })
  say({ type: "act", n: 2, op: CLICK, by: by("c") })
  await vi.waitFor(() => expect(seen.may).toEqual([true, true]))
  expect(seen.stopped).toBe(0)
  say({ type: "revoke", controllers: ["b"] })
  say({ type: "act", n: 3, op: CLICK, by: by("a") })
  await vi.waitFor(() => expect(seen.may).toEqual([true, true, false]))
  expect(seen.stopped).toBe(1)
})

test("frames are told who may act, and when that changes", async () => {
  let controllers = ["a"]
  const told: ToChild[] = []
  let port: MessagePort | undefined
  const frames = new ChildFrames({
    rules: () => RULES,
    emit: () => {},
    number: () => 1,
    depot: {} as never,
    texts: () => ({}),
    language: () => "en",
    controllers: () => controllers,
  })
  const postMessage = (_: unknown, __: string, [given]: MessagePort[]) => {
    port = given
    if (port) port.onmessage = ({ data }) => told.push(data as ToChild)
  }
  const frame = { src: "https://pay.example/", baseURI: "https://pay.example/", contentWindow: { postMessage } }
  frames.found(frame as unknown as HTMLIFrameElement, 5)
  controllers = []
  frames.revoke()
  await vi.waitFor(() => expect(told).toHaveLength(2))
  expect(told).toEqual([
    { type: "start", texts: {}, language: "en", controllers: ["a"] },
    { type: "revoke", controllers: [] },
  ])
  frames.stop()
  port?.close()
})
