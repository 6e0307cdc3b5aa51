import { expect, test } from "vitest"
import { Assembler, FRAME_LIMIT, pack, read } from "./frames"

const LIMIT = 1 << 20

test("a large message goes in frames and comes together again", () => {
  const text = "é".repeat(FRAME_LIMIT)
  const frames = pack(7, 0, text)
  expect(frames.length).toBe(3)
  expect(frames.every((frame) => frame.length <= FRAME_LIMIT)).toBe(true)
  const all = new Assembler(LIMIT)
  const got = frames.map((frame) => all.add(frame.buffer))
  expect(got.slice(0, -1)).toEqual([null, null])
  expect(got.at(-1)).toEqual({ epoch: 7, message: 0, text })
})

test("after a gap nothing is taken until an epoch begins", () => {
  const all = new Assembler(LIMIT)
  const put = (epoch: number, message: number) => all.add(pack(epoch, message, "x")[0]?.buffer as ArrayBuffer)
  expect(put(1, 0)).not.toBeNull()
  expect(put(1, 2)).toBeNull()
  expect(put(1, 1)).toBeNull()
  expect(put(1, 0)).toBeNull()
  expect(put(2, 0)?.epoch).toBe(2)
  expect(put(2, 1)?.message).toBe(1)
})

test("what is no frame, and what is too large, is refused", () => {
  const all = new Assembler(10)
  expect(() => read(new ArrayBuffer(4))).toThrow(RangeError)
  expect(() => all.add(pack(1, 0, "more than ten bytes")[0]?.buffer as ArrayBuffer)).toThrow(RangeError)
})
