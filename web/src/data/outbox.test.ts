import { beforeEach, describe, expect, it } from "vitest"
import type { ClientBody } from "../contract/messages"
import { Refused } from "../wire/control"
import { line } from "../wire/testing"
import { forgetTab } from "./memory"
import { Outbox } from "./outbox"

const settled = () => new Promise((done) => setTimeout(done))

beforeEach(() => sessionStorage.clear())

describe("messages on their way", () => {
  it("go again under the same key after the line was lost", async () => {
    const sent: ClientBody[] = []
    let online = false
    const outbox = new Outbox(async (body) => {
      sent.push(body)
      if (!online) throw new Refused({ code: "offline", message: "" })
    }, "amelie")
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
    const outbox = new Outbox(() => new Promise((done) => (answer = done)), "amelie")
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
    }, "amelie")
    outbox.post("s1", "hello", "staff")
    await settled()
    outbox.again()
    await settled()
    expect(outbox.store.get().map((one) => one.refused)).toEqual(["session_ended"])
    expect(tries).toBe(1)
  })
})

describe("messages that wait for a line", () => {
  const offline = async () => {
    throw new Refused({ code: "offline", message: "" })
  }
  const texts = (outbox: Outbox) => outbox.store.get().map((one) => one.text)

  it("outlive a reload, under the same key, for the same person", async () => {
    const before = new Outbox(offline, "amelie")
    before.post("s1", "hello", "staff")
    await settled()
    const sent: ClientBody[] = []
    const after = new Outbox(async (body) => void sent.push(body), "amelie")
    expect(after.store.get()).toEqual(before.store.get())
    expect(texts(new Outbox(offline, "bo"))).toEqual([])
    after.again()
    await settled()
    expect(sent).toMatchObject([{ text: "hello", audience: "staff", key: before.store.get()[0]?.key }])
    expect(texts(new Outbox(offline, "amelie"))).toEqual([])
  })

  it("are forgotten with the tab when somebody signs out", () => {
    new Outbox(offline, "amelie").post("s1", "hello", "everyone")
    forgetTab()
    expect(texts(new Outbox(offline, "amelie"))).toEqual([])
  })

  it("are kept up to a bound, and only what has their shape", () => {
    const outbox = new Outbox(offline, "amelie")
    for (let at = 0; at < 103; at++) outbox.post("s1", `${at}`, "everyone")
    expect(outbox.store.get()).toHaveLength(103)
    const after = texts(new Outbox(offline, "amelie"))
    expect([after.length, after[0], after.at(-1)]).toEqual([100, "3", "102"])
    for (const wrong of [
      "{}",
      '[{"key":1}]',
      "nonsense",
      '[null,{"key":"k","session":"s","text":"t","audience":"all"}]',
    ]) {
      sessionStorage.setItem("deskside.outbox.amelie", wrong)
      expect(texts(new Outbox(offline, "amelie"))).toEqual([])
    }
  })

  it("of sessions that are not one's own any more are dropped and counted", () => {
    const outbox = new Outbox(offline, "amelie")
    outbox.post("s1", "here", "everyone")
    outbox.post("s2", "gone", "everyone")
    expect(outbox.keepOnly(new Set(["s1"]))).toBe(1)
    expect(texts(outbox)).toEqual(["here"])
    expect(outbox.keepOnly(new Set(["s1"]))).toBe(0)
  })
})
