import { describe, expect, it } from "vitest"
import type { ServerBody } from "../contract/messages"
import { grant, info, line, person, snapshot } from "./testing"
import { apply, fromSnapshot } from "./view"

const start = fromSnapshot(snapshot())

describe("a session's view", () => {
  const file = { id: "f", name: "a", size: 1, media_type: "x/y", sender: "ag", state: "ready" as const, created_at: 1 }
  const tab = { id: "tab-1234", title: "Shop", address: "https://shop.example/", active: true, shown: true }
  const cases: [ServerBody, (view: typeof start) => unknown, unknown][] = [
    [{ type: "session.changed", session: info("ended") }, (v) => v.session.state, "ended"],
    [
      { type: "participant.changed", participant: person("b") },
      (v) => v.participants.map((p) => p.id),
      ["me", "ag", "b"],
    ],
    [
      { type: "participant.changed", participant: person("ag", { left_at: 5 }) },
      (v) => v.participants.map((p) => p.left_at),
      [null, 5],
    ],
    [{ type: "grant.changed", grant: grant("hear") }, (v) => v.grants.length, 1],
    [{ type: "file.changed", file }, (v) => v.files, [file]],
    [{ type: "line.added", line: line("l") }, (v) => v.lines.map((l) => l.id), ["l"]],
    [{ type: "note.changed", note: { text: "n", version: 1, saved_at: 1, saved_by: "x" } }, (v) => v.note?.text, "n"],
    [
      {
        type: "invite.changed",
        invite: {
          id: "i",
          way: "link",
          role: "customer",
          to: "",
          to_name: "",
          state: "open",
          made_at: 1,
          expires_at: 2,
        },
      },
      (v) => v.invites.length,
      1,
    ],
    [
      { type: "presence.changed", presence: { participant: "ag", online: false, streams: [] } },
      (v) => v.presence[0]?.online,
      false,
    ],
    [{ type: "queue.position", position: 2, estimate: 60 }, (v) => v.position?.position, 2],
    [{ type: "page.tabs", tabs: [tab] }, (v) => v.page?.tabs, [tab]],
    [{ type: "page.tabs", tabs: [], alarm: true }, (v) => v.page?.alarm, true],
    [snapshot({ seq: 99 }), (v) => v.seq, 99],
  ]
  it.each(cases)("takes %o", (body, read, expected) => {
    const before = JSON.stringify(start)
    expect(read(apply(start, { seq: 0, body }))).toEqual(expected)
    expect(JSON.stringify(start)).toBe(before)
  })

  it("leaves what is not about it alone", () => {
    expect(apply(start, { seq: 0, body: { type: "typing", participant: "ag" } })).toBe(start)
  })

  it("takes a numbered event once", () => {
    const body: ServerBody = { type: "line.added", line: line("l") }
    const once = apply(start, { seq: 11, body })
    expect(once.seq).toBe(11)
    expect(apply(once, { seq: 11, body: { type: "line.added", line: line("other") } })).toBe(once)
    expect(apply(once, { seq: 9, body: { type: "line.added", line: line("other") } })).toBe(once)
  })

  it("forgets the place in line when it is left", () => {
    const waiting = apply(fromSnapshot(snapshot({ session: info("waiting") })), {
      seq: 0,
      body: { type: "queue.position", position: 1, estimate: null },
    })
    expect(waiting.position).not.toBeNull()
    expect(apply(waiting, { seq: 11, body: { type: "session.changed", session: info("live") } }).position).toBeNull()
  })

  it("brings the tabs with a snapshot, and none where there is no page", () => {
    const page = { type: "page.tabs" as const, tabs: [] }
    expect(fromSnapshot(snapshot({ page })).page).toEqual(page)
    expect(start.page).toBeNull()
  })

  it("equals a fresh snapshot after the same events", () => {
    const events: ServerBody[] = [
      { type: "participant.changed", participant: person("b") },
      { type: "grant.changed", grant: grant("see", "asked") },
      { type: "grant.changed", grant: grant("see", "granted") },
      { type: "line.added", line: line("l") },
    ]
    const view = events.reduce((v, body, index) => apply(v, { seq: 11 + index, body }), start)
    const fresh = fromSnapshot(
      snapshot({
        seq: 14,
        participants: [person("me"), person("ag"), person("b")],
        grants: [grant("see")],
        lines: [line("l")],
      }),
    )
    expect(view).toEqual(fresh)
  })
})
