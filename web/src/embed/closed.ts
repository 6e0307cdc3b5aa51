import type { ClosedInfo, SiteInfo } from "../contract/messages"
import { type Child, h } from "../ui/dom"
import { clock } from "../ui/format"
import { icon } from "../ui/icons"
import { callbackForm, dayName, promise } from "../ui/parts/callback"
import { t } from "../ui/text"
import type { PanelModel } from "./model"

/** Pages that were opened while it was closed do not all ask in the same second. */
const SPREAD_MS = 5000
/** A browser's timer holds no longer wait. */
const LONGEST_MS = 2 ** 31 - 1

/** When it should open, the site is asked whether it has. */
export function atOpening(site: SiteInfo, ask: () => void): ReturnType<typeof setTimeout> | undefined {
  const wait = (site.closed?.opens_at ?? 0) * 1000 - Date.now()
  return wait > 0 ? setTimeout(ask, Math.min(wait + Math.random() * SPREAD_MS, LONGEST_MS)) : undefined
}

/** What the site said when it was last asked, unless it has opened since. */
export function closedNow(site: SiteInfo | null, now = Date.now() / 1000): ClosedInfo | null {
  const closed = site?.closed ?? null
  return closed && (closed.opens_at === null || now < closed.opens_at) ? closed : null
}

/** Somebody leaves a number, or was promised a call: that stays where it is when it opens meanwhile. */
export function calledBack(panel: PanelModel): boolean {
  return panel.callback !== null && (panel.callback.open || panel.callback.promise !== null)
}

/** Instead of the form: when help is to be had again, and a call until then. `closed` null: it has opened since. */
export function closedView(panel: PanelModel, closed: ClosedInfo | null, name: () => Child): Child {
  const form = panel.callback
  if (form?.promise) {
    const ask = h("button", { type: "button", class: "wide", onclick: () => panel.again() }, t("form.help"))
    return h("div", { class: "stack" }, ...promise(form.promise, "h2"), closed ? null : ask)
  }
  const taken = form?.open && (closed?.callback ?? true) ? form : null
  const soon = closed ? t("closed.soon") : t("closed.soon_open")
  return h(
    "div",
    { class: "stack" },
    closed ? whenOpen(closed) : null,
    taken ? callbackForm(taken, panel.update, { soon, fold: t("close") }, name()) : null,
    closed?.callback && !form?.open
      ? h(
          "button",
          { key: "callback", type: "button", class: "primary wide", onclick: () => panel.callMe() },
          icon("call"),
          t("callback.offer"),
        )
      : null,
  )
}

function whenOpen({ opens_at: opens }: ClosedInfo): Child {
  const text = opens === null ? t("error.queue_closed") : t("closed.opens", { day: dayName(opens), time: clock(opens) })
  return [
    h("h2", { tabindex: "-1", created: (el: HTMLElement) => el.focus() }, t("closed.title")),
    h("p", { class: "note wait", role: "status" }, text),
  ]
}
