import { expect, test } from "vitest"
import { fromSizes, silences } from "./waveform"

test("silence is where no voice is heard for a while", () => {
  const talk = (from: number, to: number) =>
    new Float32Array(600).map((_, i) => (i >= from * 10 && i < to * 10 ? 0.5 : 0))
  const found = silences(
    [
      { starts: 0, wave: talk(0, 10) },
      { starts: 10, wave: talk(0, 5) },
      { starts: 0, wave: talk(16, 20) },
    ],
    60,
  )
  expect(found).toHaveLength(1)
  expect(found[0]?.from).toBeCloseTo(20.4)
  expect(found[0]?.to).toBeCloseTo(60)
  expect(silences([], 60)).toEqual([])
})

test("sizes of packets tell who spoke", () => {
  const wave = fromSizes(
    [
      { at: 5, start: 0, end: 80, key: true },
      { at: 6, start: 100, end: 103, key: true },
    ],
    2,
  )
  expect(wave[0]).toBeGreaterThan(0.5)
  expect(wave[10]).toBe(0)
})
