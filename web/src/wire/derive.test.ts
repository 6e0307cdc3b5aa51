import { describe, expect, it } from "vitest"
import { agent, cutOff, givenToAll, lost, onHold, questions, readable, story, viewers } from "./derive"
import { grant, info, line, person, snapshot } from "./testing"
import { fromSnapshot } from "./view"

const view = (part = {}) => fromSnapshot(snapshot(part))

describe("who sees what", () => {
  it("names each person who holds a view, and not one who only hears", () => {
    const both = view({
      participants: [person("me"), person("ag"), person("b")],
      grants: [grant("screen_view"), grant("hear", "granted", "b"), grant("see", "withdrawn", "b")],
    })
    expect(viewers(both).map((v) => [v.participant.id, v.capabilities])).toEqual([["ag", ["screen_view"]]])
  })

  it("names who is in the folders, also where nothing is shown", () => {
    const inside = view({ grants: [grant("files_write"), grant("files_read")] })
    expect(viewers(inside).map((v) => v.capabilities)).toEqual([["files_read", "files_write"]])
  })

  it("forgets people who left or were never let in", () => {
    const grants = [grant("screen_view"), grant("screen_view", "granted", "b")]
    const gone = view({
      participants: [person("me"), person("ag", { left_at: 3 }), person("b", { joined_at: null })],
      grants,
    })
    expect(viewers(gone)).toEqual([])
  })

  it("asks in the order of asking, and only me", () => {
    const asked = view({
      grants: [
        { ...grant("see", "asked"), asked_at: 5 },
        { ...grant("hear", "asked"), asked_at: 2 },
        { ...grant("screen_view", "asked"), giver: "ag", holder: "me" },
      ],
    })
    expect(questions(asked).map((g) => g.capability)).toEqual(["hear", "see"])
  })

  it("tells what nobody holds any more", () => {
    const before = view({ grants: [grant("hear"), grant("see"), grant("see", "granted", "b")] })
    const after = view({ grants: [grant("hear", "ended"), grant("see", "withdrawn"), grant("see", "granted", "b")] })
    expect(lost(before, after)).toEqual(["hear"])
    expect(lost(null, after)).toEqual([])
  })

  it("knows whether everybody has it", () => {
    const two = { participants: [person("me"), person("ag"), person("b")] }
    expect(givenToAll(view({ ...two, grants: [grant("hear")] }), "hear")).toBe(false)
    expect(givenToAll(view({ ...two, grants: [grant("hear"), grant("hear", "granted", "b")] }), "hear")).toBe(true)
    expect(givenToAll(view({ participants: [person("me")] }), "hear")).toBe(false)
  })
})

describe("the rest", () => {
  it("says who was lost to one who waits again, and nothing to one who waits first", () => {
    const lines = [line("a", "joined"), line("b", "lost", { by_name: "Sofia" })]
    const participants = [person("me"), person("ag", { left_at: 3 })]
    expect(cutOff(view({ lines, participants, session: info("waiting") }))).toBe("Sofia")
    expect(cutOff(view({ participants: [person("me")], session: info("waiting") }))).toBeNull()
  })

  it("finds the agent in charge", () => {
    const two = view({ participants: [person("me"), person("b"), person("ag")] })
    expect(agent(two)?.id).toBe("ag")
    expect(agent(view({ participants: [person("me")] }))).toBeNull()
  })

  it("is on hold when every agent is elsewhere", () => {
    const presence = [{ participant: "ag", online: true, streams: [], on_hold: true }]
    expect(onHold(view({ presence }))?.id).toBe("ag")
    expect(onHold(view({ presence, participants: [person("me"), person("ag"), person("b")] }))).toBeNull()
  })

  it("leaves out what is private to staff", () => {
    const lines = [line("a"), line("b", "chat", { audience: "staff" }), line("c", "file")]
    expect(readable(view({ lines })).map((l) => l.id)).toEqual(["a"])
  })

  it("tells the story of the session", () => {
    const over = view({
      session: info("ended", { answered_at: 100, ended_at: 160 }),
      grants: [grant("hear", "ended"), grant("see", "refused")],
      lines: [line("r", "recording_on")],
    })
    expect(story(over)).toEqual({ talked: 60, with: ["Agent ag"], shared: ["hear"], recorded: true, files: 0 })
  })
})
