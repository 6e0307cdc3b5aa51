import { describe, expect, it } from "vitest"
import type { Grant } from "../../contract/messages"
import { Console } from "../../data/console"
import { grant, info, participant, sessionSnapshot } from "../../data/testing/made"
import { fromSnapshot } from "../../wire/view"
import { GROUPS } from "./tool"
import { toolsOf } from "./tools"

document.body.innerHTML = '<script type="application/json" id="boot">{"view": "https://view.example"}</script>'
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

const why = (part: Parameters<typeof sessionSnapshot>[0], name: string) => {
  const found = tool(part, name)
  return found ? (found.why ?? null) : undefined
}

function tool(part: Parameters<typeof sessionSnapshot>[0], name: string) {
  const tools = toolsOf(fromSnapshot(sessionSnapshot(part)), {
    engine,
    dialogs,
    media: { shares: {} },
    pageTool: "none",
    screenTool: "none",
    openTab: () => {},
  })
  return tools.find((one) => one.name === name)
}

describe("tools", () => {
  it("stand in the four groups, each with a name of its own", () => {
    const view = fromSnapshot(sessionSnapshot())
    const tools = toolsOf(view, {
      engine,
      dialogs,
      media: { shares: {} },
      pageTool: "none",
      screenTool: "none",
      openTab: () => {},
    })
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

  const tab = { id: "tab-1234", title: "Shop", address: "https://shop.example/", active: true, shown: true }
  const page = { type: "page.tabs" as const, tabs: [tab] }
  const onSite = { session: info({ site: "shop" }), page }
  const sees = grant({ capability: "page_view", state: "granted" })

  it("see a page only where there is one that may be seen", () => {
    expect(why({}, "page_view")).toBe("page")
    expect(why(onSite, "page_view")).toBe(null)
    expect(why({ ...onSite, session: info({ site: "shop", withheld: ["page_view"] }) }, "page_view")).toBe(
      "page_withheld",
    )
    expect(why({ ...onSite, page: { ...page, tabs: [] } }, "page_view")).toBe("page_closed")
    expect(why({ ...onSite, page: { ...page, alarm: true } }, "page_view")).toBe("page_alarm")
    expect(why({ ...onSite, presence: [] }, "page_view")).toBe("away")
    expect(why({ ...onSite, grants: [grant({ capability: "page_view" })] }, "page_view")).toBe("asked")
    expect(why({ ...onSite, grants: [sees] }, "page_view")).toBe(undefined)
    expect(why({ ...onSite, grants: [sees] }, "page_view_stop")).toBe(null)
  })

  it("control a page only after it is seen, and where the site lets them", () => {
    expect(why(onSite, "page_control")).toBe("page_first")
    expect(why({ ...onSite, grants: [sees] }, "page_control")).toBe(null)
    expect(why({ ...onSite, grants: [{ ...sees, holder: "sofia" }] }, "page_control")).toBe("page_first")
    const withheld = info({ site: "shop", withheld: ["page_control"] })
    expect(why({ ...onSite, session: withheld, grants: [sees] }, "page_control")).toBe("page_withheld")
    const controls = grant({ id: "g2", capability: "page_control", state: "granted" })
    expect(why({ ...onSite, grants: [sees, controls] }, "page_control_stop")).toBe(null)
  })

  it("mark the page while it is seen", () => {
    expect(why(onSite, "page_draw")).toBe(undefined)
    expect(why({ ...onSite, grants: [sees] }, "page_draw")).toBe(null)
    expect(why({ ...onSite, session: info({ site: "shop", state: "ended" }), grants: [sees] }, "page_draw")).toBe(
      undefined,
    )
  })

  const client = { name: "rs-client", version: "1", platform: "linux" as const }
  const all = ["desktop", "application", "control", "clipboard", "folders"] as const
  const here = (can: readonly (typeof all)[number][] = all) => ({
    presence: [{ participant: "customer", online: true, streams: [], native: { ...client, can: [...can] } }],
  })
  const may = (capability: Grant["capability"], state: Grant["state"] = "granted") =>
    grant({ id: capability, capability, state })

  it("ask for the desktop whether the client is there or not", () => {
    expect(why({}, "desktop_view")).toBe(null)
    expect(why(here(), "desktop_view")).toBe(null)
    expect(why({ presence: [] }, "desktop_view")).toBe("away")
    expect(why({ session: info({ withheld: ["desktop_view"] }) }, "desktop_view")).toBe("withheld")
    expect(why(here(["application"]), "desktop_view")).toBe("client_cannot")
  })

  it("say what the question waits for: the client, or the answer", () => {
    const asked = { grants: [may("application_view", "asked")] }
    expect(why(asked, "application_view")).toBe("asked_client")
    expect(why({ ...asked, ...here() }, "application_view")).toBe("asked")
    expect(why({ ...here(), grants: [may("application_view")] }, "application_view")).toBe(undefined)
    expect(why({ ...here(), grants: [may("application_view")] }, "application_view_stop")).toBe(null)
  })

  it("control only what is seen, and where the client there can", () => {
    expect(why(here(), "desktop_control")).toBe("view_first")
    expect(why({ ...here(), grants: [may("application_view")] }, "desktop_control")).toBe("view_first")
    expect(why({ ...here(), grants: [may("desktop_view")] }, "desktop_control")).toBe(null)
    expect(why({ ...here(["desktop"]), grants: [may("desktop_view")] }, "desktop_control")).toBe("client_cannot")
  })

  it("use the clipboard only with control, in the group of what is controlled", () => {
    expect(why(here(), "clipboard_in")).toBe("control_first")
    const controls = [may("application_view"), may("application_control")]
    expect(why({ ...here(), grants: controls }, "clipboard_in")).toBe(null)
    expect(tool({ ...here(), grants: controls }, "clipboard_out")?.group).toBe("application")
    expect(tool(here(), "clipboard_out")?.group).toBe("desktop")
  })

  it("open the customer's folders, or ask for them, and give them back", () => {
    expect(why({}, "folders")).toBe(null)
    expect(why({ session: info({ state: "inviting" }) }, "folders")).toBe("not_joined")
    expect(why({ session: info({ withheld: ["files_write"] }) }, "folders")).toBe(null)
    expect(why({ session: info({ withheld: ["files_read", "files_write"] }) }, "folders")).toBe("withheld")
    expect(why(here(["desktop"]), "folders")).toBe("client_cannot")
    expect(why({ grants: [may("files_read", "asked")] }, "folders")).toBe("asked_client")
    expect(why({ ...here(), grants: [may("files_read", "asked")] }, "folders")).toBe("asked")
    expect(tool({ ...here(), grants: [may("files_read")] }, "folders")).toMatchObject({ on: true })
    expect(why({ ...here(), grants: [may("files_read")] }, "folders_stop")).toBe(null)
    expect(why(here(), "folders_stop")).toBe(undefined)
  })

  it("mark a screen while it is shown, with the keys of the page while no page is seen", () => {
    const picture = { number: 1, kind: "desktop" as const, name: "Desk", width: 9, height: 9 }
    const shares = [{ type: "desktop.shared" as const, giver: "customer", picture, since: 1 }]
    expect(why(here(), "screen_draw")).toBe(undefined)
    expect(tool({ shares }, "screen_draw")).toMatchObject({ group: "desktop", key: "d" })
    expect(tool({ ...onSite, shares, grants: [sees] }, "screen_draw")?.key).toBe(undefined)
  })

  it("share one's own desktop by one's own client, and stop it", () => {
    expect(why({}, "share_control")).toBe(null)
    const mine = { ...here().presence[0], participant: "agent", online: true, streams: [] }
    expect(why({ presence: [mine] }, "share_control")).toBe("own_ready")
    const given = grant({ capability: "desktop_view", giver: "agent", holder: "customer", state: "granted" })
    expect(why({ presence: [mine], grants: [given] }, "share_control_stop")).toBe(null)
  })

  it("do nothing in a session that is over", () => {
    expect(why({ session: info({ state: "ended" }) }, "invite")).toBe("over")
  })
})
