import { describe, expect, it } from "vitest"
import { fromSnapshot } from "../wire/view"
import * as model from "./session"
import { missing } from "./shares"
import { colleague, grant, info, participant, sessionSnapshot } from "./testing/made"

const agent = (id: string, part = {}) => participant({ id, role: "agent", name: id, user: id, ...part })

describe("a session as the agent sees it", () => {
  it("knows whether the customer is there", () => {
    const view = fromSnapshot(sessionSnapshot())
    expect(model.customerOnline(view)).toBe(true)
    expect(model.customerOnline({ ...view, presence: [] })).toBe(false)
    expect(model.customerOnline({ ...view, session: info({ state: "waiting" }) })).toBe(false)
  })

  it("offers control only to agents who are in and do not have it", () => {
    const people = [
      participant(),
      agent("agent"),
      agent("sofia"),
      agent("asked", { joined_at: null }),
      agent("gone", { left_at: 3 }),
    ]
    const view = fromSnapshot(sessionSnapshot({ participants: people }))
    expect(model.mayTakeOver(view).map((one) => one.id)).toEqual(["sofia"])
  })

  it("asks in only colleagues who are there and not in yet", () => {
    const view = fromSnapshot(sessionSnapshot())
    const team = [colleague(), colleague({ user: "sofia" }), colleague({ user: "paul", state: "offline" })]
    expect(model.mayInvite(view, team).map((one) => one.user)).toEqual(["sofia"])
  })

  it("finds the newest grant of a kind", () => {
    const grants = [grant({ id: "old", state: "refused" }), grant({ id: "new", asked_at: 20 })]
    const view = fromSnapshot(sessionSnapshot({ grants }))
    expect(model.grantOf(view, "screen_view", ["asked", "refused"])?.id).toBe("new")
    expect(model.grantOf(view, "screen_view", ["granted"])).toBe(null)
    expect(model.askedByMe(view).map((one) => one.id)).toEqual(["new"])
  })

  it("waits for the customer's word when a colleague asked one in", () => {
    const view = fromSnapshot(sessionSnapshot({ participants: [participant(), agent("agent", { joined_at: null })] }))
    expect(model.awaitsAgreement(view)).toBe(true)
  })
})

describe("sharing one's own screen", () => {
  it("gives it to everybody who is in and has it not", () => {
    const people = [participant(), agent("agent"), agent("sofia"), agent("gone", { left_at: 3 })]
    const grants = [grant({ giver: "agent", holder: "sofia", state: "granted" })]
    const view = fromSnapshot(sessionSnapshot({ participants: people, grants }))
    expect(missing(view).map((one) => one.holder)).toEqual(["customer"])
  })
})
