import { describe, expect, it } from "vitest"
import { Console } from "../../data/console"
import { grant, info, participant, sessionSnapshot } from "../../data/testing/made"
import { fromSnapshot } from "../../wire/view"
import { GROUPS, toolsOf } from "./tools"

const engine = new Console({
  id: "amelie",
  name: "amelie",
  display_name: "Amélie",
  department: "",
  language: "en",
  roles: [],
  permissions: [],
})
const dialogs = { open: null, session: null, to: null, show: () => {}, close: () => {} }

function why(part: Parameters<typeof sessionSnapshot>[0], name: string) {
  const tools = toolsOf(fromSnapshot(sessionSnapshot(part)), {
    engine,
    dialogs,
    media: { shares: {} },
    pageTool: "none",
    openTab: () => {},
  })
  const tool = tools.find((one) => one.name === name)
  return tool ? (tool.why ?? null) : undefined
}

describe("tools", () => {
  it("stand in the four groups, each with a name of its own", () => {
    const view = fromSnapshot(sessionSnapshot())
    const tools = toolsOf(view, { engine, dialogs, media: { shares: {} }, pageTool: "none", openTab: () => {} })
    expect(new Set(tools.map((one) => one.group))).toEqual(new Set(GROUPS))
    expect(new Set(tools.map((one) => one.name)).size).toBe(tools.length)
    const keys = tools.flatMap((one) => one.key ?? [])
    expect(new Set(keys).size).toBe(keys.length)
  })

  it("wait for the customer and say so", () => {
    expect(why({ session: info({ state: "inviting" }) }, "ask_screen")).toBe("not_joined")
    expect(why({ presence: [] }, "ask_screen")).toBe("away")
    expect(why({}, "ask_screen")).toBe(null)
    expect(why({ session: info({ state: "inviting" }) }, "invite")).toBe(null)
  })

  it("do not ask twice", () => {
    expect(why({ grants: [grant()] }, "ask_screen")).toBe("asked")
    expect(why({ grants: [grant({ state: "granted" })] }, "ask_screen")).toBe("seen")
    expect(why({ grants: [grant({ state: "refused" })] }, "ask_screen")).toBe(null)
  })

  it("leave recording out where it goes by itself", () => {
    expect(why({ session: info({ recording_policy: "always" }) }, "record")).toBe(undefined)
    expect(why({ session: info({ recording_policy: "off" }) }, "record")).toBe("record_off")
    expect(why({}, "record")).toBe(null)
    expect(why({ session: info({ recording: true }) }, "record_stop")).toBe(null)
  })

  it("hand over only from who is in charge to somebody who is there", () => {
    const sofia = participant({ id: "sofia", role: "agent", user: "sofia" })
    const people = [...sessionSnapshot().participants, sofia]
    expect(why({}, "hand_over")).toBe("no_agent")
    expect(why({ participants: people }, "hand_over")).toBe(null)
    expect(why({ participants: people, session: info({ primary: "sofia" }) }, "hand_over")).toBe("not_primary")
  })

  it("do nothing in a session that is over", () => {
    expect(why({ session: info({ state: "ended" }) }, "invite")).toBe("over")
  })
})
