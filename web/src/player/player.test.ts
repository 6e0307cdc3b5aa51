import { beforeEach, expect, test } from "vitest"
import type { Part } from "../contract/messages"
import { Player } from "./player"
import { FakeWorld, part, session, webm } from "./testing/fakes"

let world: FakeWorld
beforeEach(() => {
  world = new FakeWorld()
})

function open(parts: Part[], duration = 600): Player {
  return new Player({ began_at: 0, duration, parts, events: [] }, session, world.seams)
}

test("media plays at its place on the timeline, counted from the file's first timestamp", async () => {
  world.heads.set("/parts/s", webm(37_200))
  const player = open([part("m", "mic", 2, 500), part("s", "screen", 100, 300)])
  player.seek(150)
  player.play()
  await world.run(1)
  expect(world.of("/parts/s")?.paused).toBe(false)
  expect(world.of("/parts/s")?.currentTime).toBeCloseTo(player.time - 100 + 37.2, 1)
  expect(world.of("/parts/m")?.currentTime).toBeCloseTo(player.time - 2, 1)
})

test("the clock waits for what must be shown, and all go on together", async () => {
  const player = open([part("m", "mic", 0, 500), part("s", "screen", 0, 500)])
  player.play()
  await world.run(0.5)
  const screen = world.of("/parts/s")
  if (screen) screen.seekTakes = 1.2
  player.seek(200)
  await world.run(1)
  expect(player.state.waiting).toBe(true)
  expect(player.time).toBe(200)
  expect(world.of("/parts/m")?.paused).toBe(true)
  await world.run(1)
  expect(player.state.waiting).toBe(false)
  expect(player.time).toBeGreaterThan(200.5)
  expect(Math.abs((screen?.currentTime ?? 0) - player.time)).toBeLessThan(0.1)
})

test("who seeks again and again is followed at once", async () => {
  const player = open([part("s", "screen", 0, 500)])
  player.play()
  await world.run(1)
  for (const place of [200, 20, 300, 7]) {
    player.seek(place)
    await world.run(0.2)
    expect(Math.abs((world.of("/parts/s")?.currentTime ?? 0) - player.time)).toBeLessThan(0.1)
  }
})

test("drift is played out, and put right at once when it is large", async () => {
  const player = open([part("m", "mic", 0, 500)])
  player.play()
  await world.run(1)
  const voice = world.of("/parts/m")
  if (!voice) throw new Error("not loaded")
  const before = voice.seeks
  voice.speed = 1.02
  await world.run(60)
  expect(Math.abs(voice.currentTime - player.time)).toBeLessThan(0.15)
  expect(voice.seeks).toBe(before)
  voice.speed = 0.5
  await world.run(10)
  expect(voice.seeks).toBeGreaterThan(before)
})

test("a missing part is said and the rest plays", async () => {
  world.heads.set("/parts/gone", "missing")
  const player = open([part("gone", "camera", 0, 500), part("m", "mic", 0, 500)])
  player.play()
  await world.run(2)
  expect(player.state.failed).toEqual([{ part: "gone", why: "missing" }])
  expect(player.time).toBeGreaterThan(1)
  world.heads.delete("/parts/gone")
  player.retry()
  await world.run(1)
  expect(player.state.failed).toEqual([])
})

test("a part that never comes holds the others only for a while", async () => {
  const player = open([part("m", "mic", 0, 500), part("s", "screen", 0, 500)])
  player.tick()
  const screen = world.of("/parts/s")
  if (screen) screen.loadTakes = 1e9
  player.play()
  await world.run(6)
  expect(player.time).toBeGreaterThan(2)
})

test("parts are fetched near the playhead and let go far from it", async () => {
  const player = open([part("a", "screen", 0, 10), part("b", "screen", 300, 310)])
  await world.run(0.1)
  expect(world.of("/parts/a")).toBeDefined()
  expect(world.of("/parts/b")).toBeUndefined()
  player.seek(295)
  await world.run(0.1)
  expect(world.of("/parts/a")).toBeUndefined()
  expect(world.of("/parts/b")).toBeDefined()
})

test("fast replay shows frames without playing, and no voice", async () => {
  const player = open([part("m", "mic", 0, 500), part("s", "screen", 0, 500)])
  player.setRate(16)
  player.play()
  await world.run(5)
  expect(player.time).toBeCloseTo(80, 0)
  expect(world.of("/parts/m")?.paused).toBe(true)
  const screen = world.of("/parts/s")
  expect(screen?.paused).toBe(true)
  expect(Math.abs((screen?.currentTime ?? 0) - player.time)).toBeLessThan(4)
})

test("silence is jumped over when that is wanted", async () => {
  const player = open([part("m", "mic", 0, 500)])
  player.setSilences([{ from: 5, to: 60 }])
  player.setSkipSilence(true)
  player.play()
  await world.run(7)
  expect(player.time).toBeGreaterThan(60)
})

test("it stops at the end and says so", async () => {
  const player = open([part("m", "mic", 0, 3)], 3)
  let changes = 0
  player.subscribe(() => changes++)
  player.play()
  await world.run(4)
  expect(player.state).toMatchObject({ playing: false, ended: true })
  expect(changes).toBeGreaterThan(1)
})
