import type { ClosedInfo, SiteInfo } from "../contract/messages"
import { type Child, h } from "../ui/dom"
import { clock } from "../ui/format"
import { icon } from "../ui/icons"
import { callbackForm, dayName, promise } from "../ui/parts/callback"
import { t } from "../ui/text"
import type { PanelModel } from "./model"

/** What the site said when it was last asked, unless it has opened since. */
export function closedNow(site: SiteInfo | null, now = Date.now() / 1000): ClosedInfo | null {
  const closed = site?.closed ?? null
  return closed && (closed.opens_at === null || now < closed.opens_at) ? closed : null
}

/** Instead of the form: when help is to be had again, and a call until then. */
export function closedView(panel: PanelModel, closed: ClosedInfo, name: () => Child): Child {
  const form = panel.callback
  if (form?.promise) return h("div", { class: "stack" }, ...promise(form.promise, "h2"))
  const opens =
    closed.opens_at === null
      ? t("error.queue_closed")
      : t("closed.opens", { day: dayName(closed.opens_at), time: clock(closed.opens_at) })
  return h(
    "div",
    { class: "stack" },
    h("h2", { tabindex: "-1", created: (el: HTMLElement) => el.focus() }, t("closed.title")),
    h("p", { class: "note wait", role: "status" }, opens),
    closed.callback && form?.open
      ? callbackForm(form, panel.update, { soon: t("closed.soon"), fold: t("close") }, name())
      : null,
    closed.callback && !form?.open
      ? h(
          "button",
          { key: "callback", type: "button", class: "primary wide", onclick: () => panel.callMe() },
          icon("call"),
          t("callback.offer"),
        )
      : null,
  )
}
