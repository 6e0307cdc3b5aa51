import { expect, test } from "vitest"
import { Clock } from "./clock"

function setUp(duration = 100) {
  const world = { seconds: 50 }
  return { world, clock: new Clock(duration, () => world.seconds) }
}

test("time passes only while it is played and not held", () => {
  const { world, clock } = setUp()
  world.seconds += 5
  expect(clock.time).toBe(0)
  clock.play()
  world.seconds += 5
  expect(clock.time).toBe(5)
  clock.hold(true)
  world.seconds += 5
  expect(clock.time).toBe(5)
  clock.hold(false)
  world.seconds += 1
  clock.pause()
  world.seconds += 9
  expect(clock.time).toBe(6)
})

test("a change of rate counts from the moment it is made", () => {
  const { world, clock } = setUp()
  clock.play()
  world.seconds += 10
  clock.setRate(4)
  world.seconds += 10
  expect(clock.time).toBe(50)
  clock.setRate(99)
  expect(clock.rate).toBe(16)
  clock.setRate(0)
  expect(clock.rate).toBe(0.5)
})

test("it stays inside the timeline, and play begins again after the end", () => {
  const { world, clock } = setUp(10)
  clock.seek(-3)
  expect(clock.time).toBe(0)
  clock.seek(Number.NaN)
  expect(clock.time).toBe(0)
  clock.play()
  world.seconds += 60
  expect(clock.time).toBe(10)
  expect(clock.ended).toBe(true)
  clock.play()
  expect(clock.time).toBe(0)
})
