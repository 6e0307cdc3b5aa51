import { describe, expect, it } from "vitest"
import { applyDesk, countdown, fromDesk, inOrder, labelOf, openOffers, pickRefusal, teamInOrder } from "./desk"
import { colleague, deskSnapshot, offer, waiting } from "./testing/made"

const desk = (part = {}) => fromDesk(deskSnapshot(part))

describe("the desk", () => {
  it("replaces what is named, keeps the order, and adds what is new at the end", () => {
    const before = desk({ waiting: [waiting({ contact: "a" }), waiting({ contact: "b" })] })
    const after = applyDesk(before, {
      type: "desk.changed",
      waiting: [waiting({ contact: "c" }), waiting({ contact: "a", position: 7 })],
      waiting_gone: ["b"],
    })
    expect(after.waiting.map((one) => [one.contact, one.position])).toEqual([
      ["a", 7],
      ["c", 1],
    ])
  })

  it("leaves lists alone that a change does not name", () => {
    const before = desk({ offers: [offer()], team: [colleague()] })
    const after = applyDesk(before, { type: "desk.changed", waiting: [waiting()] })
    expect(after.offers).toBe(before.offers)
    expect(after.team).toBe(before.team)
  })

  it("takes its own state from either place", () => {
    const me = colleague({ state: "not_ready" })
    expect(applyDesk(desk(), { type: "desk.changed", me }).me.state).toBe("not_ready")
    expect(applyDesk(desk(), { type: "desk.changed", team: [me] }).me.state).toBe("not_ready")
  })

  it("forgets sessions that are gone", () => {
    const after = applyDesk(desk({ sessions: ["s1", "s2"] }), { type: "desk.changed", sessions_gone: ["s1"] })
    expect(after.sessions).toEqual(["s2"])
  })
})

describe("an offer", () => {
  it("runs down in whole seconds and stays between full and empty", () => {
    expect(countdown(100, 120, 100)).toEqual({ seconds: 20, part: 1 })
    expect(countdown(100, 120, 115.2)).toEqual({ seconds: 5, part: 4.799999999999997 / 20 })
    expect(countdown(100, 120, 130)).toEqual({ seconds: 0, part: 0 })
    expect(countdown(100, 120, 90).part).toBe(1)
    expect(countdown(100, 100, 100).part).toBe(0)
  })

  it("no longer counts after its time, and the most urgent goes first", () => {
    const mine = desk({
      offers: [offer({ id: "late", deadline: 140 }), offer({ id: "soon" }), offer({ id: "over", deadline: 90 })],
    })
    expect(openOffers(mine, 100).map((one) => one.id)).toEqual(["soon", "late"])
    expect(openOffers(null, 100)).toEqual([])
  })
})

describe("taking by hand", () => {
  it("says why it cannot be done", () => {
    expect(pickRefusal(desk(), waiting())).toBe(null)
    expect(pickRefusal(desk(), waiting({ may_pick: false }))).toBe("not_here")
    expect(pickRefusal(desk(), waiting({ offered_to: "sofia" }))).toBe("offered")
    expect(pickRefusal(desk({ me: colleague({ state: "not_ready" }) }), waiting())).toBe("not_available")
    expect(pickRefusal(desk({ me: colleague({ sessions: 3 }) }), waiting())).toBe("full")
  })
})

describe("lists", () => {
  it("show who waits longest first", () => {
    const list = [waiting({ contact: "new", arrived_at: 9 }), waiting({ contact: "old", arrived_at: 1 })]
    expect(inOrder(list).map((one) => one.contact)).toEqual(["old", "new"])
  })

  it("show the team by state, then name, without oneself", () => {
    const team = [
      colleague(),
      colleague({ user: "z", name: "Zoé", state: "ready" }),
      colleague({ user: "b", name: "Bo", state: "offline" }),
      colleague({ user: "a", name: "Ana", state: "ready" }),
    ]
    expect(teamInOrder(desk({ team })).map((one) => one.name)).toEqual(["Ana", "Zoé", "Bo"])
  })

  it("name codes in the language, then in English, then as they are", () => {
    const codes = [{ code: "lunch", label: { en: "Lunch", fr: "Déjeuner" } }]
    expect(labelOf(codes, "lunch", "fr")).toBe("Déjeuner")
    expect(labelOf(codes, "lunch", "de")).toBe("Lunch")
    expect(labelOf(codes, "gone", "en")).toBe("gone")
    expect(labelOf(codes, null, "en")).toBe(null)
  })
})
