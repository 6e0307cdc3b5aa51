import { describe, expect, it } from "vitest"
import type { ClientBody } from "../contract/messages"
import { Refused } from "../wire/control"
import { line } from "../wire/testing"
import { Outbox } from "./outbox"

const settled = () => new Promise((done) => setTimeout(done))

describe("messages on their way", () => {
  it("go again under the same key after the line was lost", async () => {
    const sent: ClientBody[] = []
    let online = false
    const outbox = new Outbox(async (body) => {
      sent.push(body)
      if (!online) throw new Refused({ code: "offline", message: "" })
    })
    outbox.post("s1", "hello", "everyone")
    await settled()
    expect(outbox.store.get().map((one) => one.refused)).toEqual([null])
    online = true
    outbox.again()
    await settled()
    expect(outbox.store.get()).toEqual([])
    expect(new Set(sent.map((body) => "key" in body && body.key)).size).toBe(1)
  })

  it("give way to their line, which may come before the answer", async () => {
    let answer = () => {}
    const outbox = new Outbox(() => new Promise((done) => (answer = done)))
    outbox.post("s1", "hello", "everyone")
    outbox.post("s1", "and more", "everyone")
    const [first, second] = outbox.store.get().map((one) => one.key)
    outbox.arrived([line(`p1-${first}`, "chat"), line(`p1${second}`, "chat")])
    expect(outbox.store.get().map((one) => one.text)).toEqual(["and more"])
    answer()
    await settled()
    expect(outbox.store.get().map((one) => one.text)).toEqual([])
  })

  it("stay with the reason when the server refuses them, and are not repeated by themselves", async () => {
    let tries = 0
    const outbox = new Outbox(async () => {
      tries++
      throw new Refused({ code: "session_ended", message: "" })
    })
    outbox.post("s1", "hello", "staff")
    await settled()
    outbox.again()
    await settled()
    expect(outbox.store.get().map((one) => one.refused)).toEqual(["session_ended"])
    expect(tries).toBe(1)
  })
})
