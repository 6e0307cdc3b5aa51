import { gzipSync } from "node:zlib"
import { beforeEach, expect, test } from "vitest"
import type { Part } from "../contract/messages"
import { actMarks } from "./acts"
import { readActs } from "./pageacts"
import { Player } from "./player"
import { FakeWorld, part, session } from "./testing/fakes"

let world: FakeWorld
beforeEach(() => {
  world = new FakeWorld()
})

function open(parts: Part[], duration = 600): Player {
  return new Player({ began_at: 0, duration, parts, events: [] }, session, world.seams)
}

type Said = [ms: number, kind: number, payload: string | object]

function file(...records: Said[]): ArrayBuffer {
  const bytes = records.map(([ms, kind, said]) => {
    const payload = Buffer.from(typeof said === "string" ? said : JSON.stringify(said))
    const head = Buffer.alloc(13)
    head.writeUInt32BE(payload.length, 0)
    head.writeUInt32BE(ms, 4)
    head.writeUInt8(kind, 8)
    head.writeUInt32BE(1, 9)
    return Buffer.concat([head, payload])
  })
  return Uint8Array.from(gzipSync(Buffer.concat(bytes))).buffer
}

const act = (mark: string, op: string): object => ({ act: mark, by: "p", by_name: "Sofia", op: { op } })
const ACTS: Said[] = [
  [0, 0, "x".repeat(300_000)],
  [1000, 1, act("a", "click")],
  [1040, 2, { act: "a", outcome: "asking", reason: null }],
  [2000, 1, act("b", "hover")],
  [2500, 1, act("c", "insert")],
  [3000, 2, { act: "a", outcome: "refused", reason: "declined" }],
  [3100, 1, "{not JSON"],
]

test("the acts of a recorded page are found, with what became of them", async () => {
  const acts = await readActs(file(...ACTS))
  expect(acts).toEqual([
    { at: 1, by: "Sofia", op: "click", outcome: "refused", reason: "declined" },
    { at: 2.5, by: "Sofia", op: "insert", outcome: null, reason: null },
  ])
})

test("a file that breaks off gives what it has, and one that is none gives nothing", async () => {
  const noise = Array.from({ length: 60_000 }, (_, at) => Math.sin(at).toString(36)).join("")
  const whole = file(...ACTS, [4000, 0, noise], [5000, 1, act("d", "click")])
  expect((await readActs(whole.slice(0, whole.byteLength / 2))).map((one) => one.op)).toEqual(["click", "insert"])
  expect(await readActs(new ArrayBuffer(9))).toEqual([])
})

test("typing is one mark, and a refusal in it is seen", () => {
  const said = { by: "Sofia", outcome: "done" as const, reason: null }
  const marks = actMarks("p", 100, [
    { ...said, at: 1, op: "click" },
    { ...said, at: 2, op: "insert" },
    { ...said, at: 2.4, op: "key", outcome: "refused", reason: "masked" },
    { ...said, at: 3, op: "insert", by: "Paul" },
    { ...said, at: 9, op: "insert", by: "Paul" },
  ])
  expect(
    actMarks("p", 0, [
      { ...said, at: 1, op: "key" },
      { ...said, at: 2, op: "insert" },
    ])[0]?.op,
  ).toBe("insert")
  expect(marks.map(({ at, by, count, refused }) => [at, by, count, refused])).toEqual([
    [101, "Sofia", 1, null],
    [102, "Sofia", 2, "masked"],
    [103, "Paul", 1, null],
    [109, "Paul", 1, null],
  ])
})

test("a page is fetched at once for its acts, and has a view only near its place", async () => {
  world.files.set("/parts/p", file(...ACTS))
  const player = open([part("m", "mic", 0, 600), part("p", "page", 300, 400)])
  await world.run(0.1)
  while (player.state.acts === 0) await new Promise((resolve) => setTimeout(resolve))
  expect(player.state.pages).toEqual([])
  player.seek(295)
  expect(player.state.pages).toEqual(["p"])
  expect(player.state.active).toEqual(["m"])
  player.seek(420)
  expect(player.state.pages).toEqual([])
})

test("the clock waits until the page is shown, but not for ever", async () => {
  world.files.set("/parts/p", file(...ACTS))
  const player = open([part("p", "page", 0, 500)])
  player.play()
  await world.run(1)
  expect(player.state.waiting).toBe(true)
  player.pages.get("p")?.show(true)
  await world.run(2)
  expect(player.state.waiting).toBe(false)
  expect(player.time).toBeGreaterThan(1.5)
  player.pages.get("p")?.show(false)
  player.seek(100)
  await world.run(6)
  expect(player.time).toBeGreaterThan(102)

  const slow = open([part("q", "page", 0, 500)])
  slow.play()
  await world.run(1)
  expect([slow.state.waiting, slow.state.loaded]).toEqual([true, 0])
  await world.run(4)
  expect(slow.time).toBeGreaterThan(1)
})

test("a page that is missing is said, the rest plays, and it can be tried again", async () => {
  world.files.set("/parts/p", "missing")
  const player = open([part("p", "page", 0, 500), part("m", "mic", 0, 500)])
  player.play()
  await world.run(2)
  expect(player.state.failed).toEqual([{ part: "p", why: "missing" }])
  expect(player.time).toBeGreaterThan(1)
  world.files.set("/parts/p", file(...ACTS))
  player.retry()
  await world.run(0.2)
  expect(player.state.failed).toEqual([])
})

test("silence in which something is done on the page is not jumped over", async () => {
  world.files.set("/parts/p", file([30_000, 1, act("a", "click")]))
  const player = open([part("p", "page", 0, 500)])
  while (player.state.acts === 0) {
    await world.run(0.02)
    await new Promise((resolve) => setTimeout(resolve))
  }
  player.pages.get("p")?.show(true)
  player.setSilences([{ from: 0, to: 100 }])
  player.setSkipSilence(true)
  player.play()
  await world.run(0.1)
  expect(player.time).toBeGreaterThan(28.9)
  expect(player.time).toBeLessThan(29.5)
  await world.run(2.5)
  expect(player.time).toBeLessThan(32)
  await world.run(1)
  expect(player.time).toBeGreaterThan(100)
})
