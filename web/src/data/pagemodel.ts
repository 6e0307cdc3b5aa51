import type { Participant } from "../contract/messages"
import type { Person } from "../page/port"
import type { LinkState } from "../wire/control"
import type { SessionView } from "../wire/view"
import * as model from "./session"

export type Standing = "no" | "asked" | "granted"

/** Of a view or control of the customer's page: how the person at this console stands. */
export function standing(view: SessionView, capability: "page_view" | "page_control"): Standing {
  const between = { giver: model.customerIn(view)?.id ?? "", holder: view.you }
  if (model.grantOf(view, capability, ["granted"], between)) return "granted"
  return model.grantOf(view, capability, ["asked"], between) ? "asked" : "no"
}

/** Grant that the person at this console holds or asks for, to be given back. */
export function heldGrant(view: SessionView, capability: "page_view" | "page_control"): string | null {
  return model.grantOf(view, capability, ["granted", "asked"], { holder: view.you })?.id ?? null
}

/** Colleagues who see or control the page now. */
export function others(view: SessionView, capability: "page_view" | "page_control"): readonly Participant[] {
  return model
    .agentsIn(view)
    .filter((p) => p.id !== view.you && model.grantOf(view, capability, ["granted"], { holder: p.id }) !== null)
}

/** Why the page cannot be seen, as key of `staff.why`; null when it can be asked for. `origin`: of the view. */
export function whyNoPage(view: SessionView, origin: string | null): string | null {
  if (view.session.site === null) return "page"
  if (origin === null) return "page_no_view"
  if (view.session.withheld?.includes("page_view")) return "page_withheld"
  if (view.page?.alarm) return "page_alarm"
  return view.page && view.page.tabs.length > 0 ? null : "page_closed"
}

export function whyNoControl(view: SessionView): string | null {
  if (view.session.withheld?.includes("page_control")) return "page_withheld"
  return standing(view, "page_view") === "granted" ? null : "page_first"
}

/** What keeps the page that may be seen from being told on, as key of `staff.page`. `link`: of its stream. */
export function whyNotTold(
  { page }: SessionView,
  link: LinkState,
): "offline" | "refused" | "paused" | "closed" | "too_large" | null {
  if (link.kind === "offline") return "offline"
  if (link.kind === "closed") return "refused"
  if (page?.tabs.length === 0) return "closed"
  if (page?.paused) return "paused"
  return page?.too_large ? "too_large" : null
}

/** Accent and live of the tokens, then those of colleagues; as on the customer's page. */
const MINE = "#3155d6"
const CUSTOMER = "#117a49"
const COLLEAGUES = ["#b3401f", "#8a3fb0", "#8f5a00"]

export function me(view: SessionView): Person {
  return { id: view.you, name: model.meIn(view)?.name ?? "", color: MINE }
}

export function customer(view: SessionView): Person {
  return { id: model.customerIn(view)?.id ?? "", name: model.customerName(view), color: CUSTOMER }
}

export function colleagues(view: SessionView): readonly Person[] {
  return view.participants
    .filter((p) => p.role !== "customer" && p.id !== view.you)
    .map(({ id, name }, at) => ({ id, name, color: COLLEAGUES[at % COLLEAGUES.length] as string }))
}
