import { describe, expect, it } from "vitest"
import { info, line, snapshot } from "../../wire/testing"
import { fromSnapshot } from "../../wire/view"
import { pieces, sentence, timeline } from "./chat"

const view = fromSnapshot(snapshot({ session: info() }))

describe("the log as sentences", () => {
  it.each([
    [line("a", "joined"), "Agent ag joined"],
    [line("b", "joined", { by: "me", by_name: "Jeanne" }), "You joined"],
    [
      line("c", "granted", { by: "me", data: { capability: "screen_view", holder: "Amélie" } }),
      "You let Amélie see your screen",
    ],
    [
      line("d", "refused", { by: "me", data: { capability: "page_control" } }),
      "You said not now: clicks and typing on this page",
    ],
    [line("e", "withdrawn", { by: "me", data: { capability: "see", holder: "Amélie" } }), "Amélie no longer sees you"],
    [line("f", "granted", { data: { capability: "screen_view", holder: "Jeanne" } }), "Agent ag shares their screen"],
    [line("g", "recording_on"), "Recording began"],
    [line("h", "created"), null],
    [line("i", "invited"), null],
    [line("j", "sharing", { by: "me", data: { what: "application", name: "Tax" } }), "You show the program Tax"],
    [line("k", "sharing", { data: { what: "desktop", name: "DP-1" } }), "Agent ag shows their screen: DP-1"],
    [
      line("l", "control_on", { data: { capability: "desktop_control", giver: "Jeanne" } }),
      "Agent ag now uses mouse and keyboard of Jeanne",
    ],
    [line("m", "folder", { data: { act: "list", place: "" } }), "Agent ag looked at the shared folders"],
    [line("n", "folder", { data: { act: "delete", place: "Docs/a.txt" } }), "Agent ag deleted Docs/a.txt"],
  ])("%o", (one, expected) => expect(sentence(view, one)).toBe(expected))
})

it("puts lines and files in the order of time", () => {
  const file = { id: "f", name: "a", size: 1, media_type: "", sender: "ag", state: "ready" as const, created_at: 5 }
  const own = { ...file, id: "g", sender: "me", state: "uploading" as const }
  const mixed = fromSnapshot(
    snapshot({ lines: [line("late", "chat", { at: 9 }), line("early", "chat", { at: 1 })], files: [file, own] }),
  )
  expect(timeline(mixed).map((item) => item.line?.id ?? item.file?.id)).toEqual(["early", "f", "late"])
})

describe("a long text", () => {
  it("goes in pieces, at a space", () => {
    expect(pieces("short", 10)).toEqual(["short"])
    expect(pieces("one two three", 8)).toEqual(["one two", "three"])
  })

  it("is never cut inside a character", () => {
    expect(pieces(`${"a".repeat(3)}😀b`, 4)).toEqual(["aaa", "😀b"])
  })
})
