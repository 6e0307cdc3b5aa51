import { expect, it } from "vitest"
import { fitted, nearestIn, spotIn } from "./place"

const wide = { width: 1920, height: 1080 }

it("lies in the middle, with bars above and below or at the sides", () => {
  expect(fitted({ width: 960, height: 1000 }, wide)).toEqual({ x: 0, y: 230, width: 960, height: 540 })
  expect(fitted({ width: 2000, height: 540 }, wide)).toEqual({ x: 520, y: 0, width: 960, height: 540 })
})

it("is bigger than it was made where there is room", () => {
  expect(fitted({ width: 3840, height: 2160 }, wide)).toEqual({ x: 0, y: 0, width: 3840, height: 2160 })
})

it("has its corners at 0 and 1, and nothing beside it", () => {
  const box = fitted({ width: 960, height: 1000 }, wide)
  expect(spotIn(box, { x: 0, y: 230 })).toEqual([0, 0])
  expect(spotIn(box, { x: 960, y: 770 })).toEqual([1, 1])
  expect(spotIn(box, { x: 480, y: 365 })).toEqual([0.5, 0.25])
  expect(spotIn(box, { x: 480, y: 229 })).toBeNull()
  expect(spotIn(box, { x: 480, y: 771 })).toBeNull()
})

it("takes the nearest edge for what goes on beside it", () => {
  const box = fitted({ width: 960, height: 1000 }, wide)
  expect(nearestIn(box, { x: -40, y: 2000 })).toEqual([0, 1])
})
