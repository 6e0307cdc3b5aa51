import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { ACT, actOf, MESSAGE, records, resultOf, shownOf, unpack } from "./record"

function record(at: number, kind: number, text: string): Uint8Array {
  const payload = new TextEncoder().encode(text)
  const made = new Uint8Array(13 + payload.length)
  const view = new DataView(made.buffer)
  view.setUint32(0, payload.length)
  view.setUint32(4, at)
  view.setUint8(8, kind)
  view.setUint32(9, 7)
  made.set(payload, 13)
  return made
}

const join = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]))
const text = (payload: Uint8Array) => new TextDecoder().decode(payload)
const buffer = (bytes: Uint8Array) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer

test("a part is read as it was written", async () => {
  const found = await unpack(buffer(gzipSync(join(record(0, MESSAGE, "[0]"), record(40, ACT, "{}")))))
  expect(found.map((one) => [one.at, one.kind, one.epoch, text(one.payload)])).toEqual([
    [0, 0, 7, "[0]"],
    [40, 1, 7, "{}"],
  ])
})

test("of a part that was cut off, what is there is read", async () => {
  const many = Array.from({ length: 2000 }, (_, at) => record(at, MESSAGE, `[${Math.sin(at)}]`))
  const packed = gzipSync(join(...many))
  const found = await unpack(buffer(packed.subarray(0, packed.length >> 1)))
  expect(found.length).toBeGreaterThan(100)
  expect(found.length).toBeLessThan(2000)
  expect(found.map((one) => text(one.payload))).toEqual(found.map((_, at) => `[${Math.sin(at)}]`))
})

test("what is none has no records", async () => {
  expect(await unpack(new TextEncoder().encode("no gzip at all").buffer)).toEqual([])
  expect(records(new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))).toEqual([])
})

test("time never goes back", () => {
  expect(records(join(record(50, 0, ""), record(10, 0, ""))).map((one) => one.at)).toEqual([50, 50])
})

test("acts, results and marks are what they should be, or nothing", () => {
  const of = (value: unknown) => records(record(0, 1, JSON.stringify(value)))[0] as never
  const act = { act: "a", by: "p", by_name: "Sofia", op: { op: "click", node: 3, x: 0.5, y: 0.5 } }
  expect(actOf(of(act))).toEqual(act)
  for (const wrong of [null, [], { ...act, by: 1 }, { ...act, op: null }, { ...act, op: { op: "run" } }]) {
    expect(actOf(of(wrong))).toBeNull()
  }
  expect(resultOf(of({ act: "a", outcome: "done", reason: null }))?.outcome).toBe("done")
  expect(resultOf(of({ act: "a", outcome: "won" }))).toBeNull()
  const shown = { by: "p", by_name: "Sofia", shown: { mark: "stroke", stroke: 1, points: [[3, 0, 1]], end: true } }
  expect(shownOf(of(shown))).toEqual(shown)
  expect(shownOf(of({ ...shown, shown: { mark: "stroke", stroke: 1, points: [[3, "x", 1]] } }))).toBeNull()
  expect(actOf(records(record(0, 1, "{"))[0] as never)).toBeNull()
})
