import { expect, it } from "vitest"
import { fromSnapshot } from "../wire/view"
import { Screens, shown, standing } from "./screens"
import { grant, participant, sessionSnapshot } from "./testing/made"

const picture = { number: 1, kind: "desktop" as const, name: "Desk", width: 900, height: 900 }
const share = (giver: string) => ({ type: "desktop.shared" as const, giver, picture, since: 1 })

it("shows the customer's before a colleague's, and never one's own", () => {
  const people = [...sessionSnapshot().participants, participant({ id: "sofia", role: "agent" })]
  const of = (...givers: string[]) =>
    shown(fromSnapshot(sessionSnapshot({ participants: people, shares: givers.map(share) })))?.giver
  expect([of("agent"), of("agent", "sofia"), of("sofia", "customer")]).toEqual([undefined, "sofia", "customer"])
  const over = sessionSnapshot({ shares: [{ ...share("customer"), picture: null }] })
  expect(shown(fromSnapshot(over))).toBeNull()
})

it("tells a question that waits for the client from one that waits for its answer", () => {
  const native = { name: "rs-client", version: "1", platform: "linux" as const, can: [] }
  const grants = [grant({ capability: "desktop_view" })]
  const at = (part: object) => standing(fromSnapshot(sessionSnapshot({ grants, ...part })), "desktop_view")
  expect(at({})).toBe("client")
  expect(at({ presence: [{ participant: "customer", online: true, streams: [], native }] })).toBe("asked")
  expect(at({ grants: [grant({ capability: "desktop_view", state: "granted" })] })).toBe("granted")
  expect(at({ grants: [] })).toBe("no")
})

it("keeps quality and copied text with the screen that they are of", () => {
  const screens = new Screens(async () => {})
  const quality = { type: "desktop.quality" as const, giver: "customer", rate: 20, delay: 0.1, bits: 1e6 }
  screens.receive("s", quality)
  screens.receive("s", { type: "clipboard.got", by: "customer", by_name: "Jeanne", giver: "customer", text: "abc" })
  const store = screens.of("s", "customer").store
  expect(store.get()).toMatchObject({ quality, copied: "abc" })
  expect(screens.of("other", "customer").store.get()).toMatchObject({ quality: null, copied: null })
  screens.of("s", "customer").setTool("draw")
  screens.receive("s", { ...share("customer"), picture: null })
  expect(store.get()).toMatchObject({ quality: null, tool: "none" })
})

it("puts a tool away that is taken again", () => {
  const live = new Screens(async () => {}).of("s", "customer")
  live.setTool("draw")
  live.setTool("draw")
  expect(live.store.get().tool).toBe("none")
})
