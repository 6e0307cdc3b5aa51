import { expect, test } from "vitest"
import { webm } from "./testing/fakes"
import { blocks, firstTimestamp } from "./webm"

test("the first timestamp is the first block's, also with unknown sizes", () => {
  expect(firstTimestamp(webm(37_200))).toBeCloseTo(37.2)
  expect(firstTimestamp(new Uint8Array([1, 2, 3]))).toBeNull()
  expect(firstTimestamp(new Uint8Array(0))).toBeNull()
})

test("blocks have times, sizes and keyframe marks", () => {
  const found = [...blocks(webm(1000))]
  expect(found.map((b) => [b.at, b.end - b.start, b.key])).toEqual([
    [1, 2, true],
    [1.02, 1, false],
  ])
})

test("a missing tail ends it quietly, wherever it is cut", () => {
  const whole = webm(0)
  for (let length = 0; length < whole.length; length++) {
    expect([...blocks(whole.subarray(0, length))].length).toBeLessThanOrEqual(2)
  }
})
