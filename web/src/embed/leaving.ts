import { h, type View } from "../ui/dom"
import { icon } from "../ui/icons"
import { reportButton, reportForm } from "../ui/parts/report"
import { t } from "../ui/text"
import type { SessionView } from "../wire/view"
import type { Visit } from "../wire/visit"
import type { PanelModel } from "./model"

/** The two ways out: over, asked once more, and over because it is not right. */
export function wayOut(panel: PanelModel, visit: Visit): View {
  const sure = t("end.leave_sure")
  if (!panel.sureToLeave) {
    const ask = () => {
      panel.sureToLeave = true
      panel.update()
    }
    return h(
      "div",
      { key: "out", class: "row out" },
      h("button", { type: "button", class: "quiet grow", onclick: ask }, icon("leave"), t("leave")),
      reportButton(visit.report),
    )
  }
  const stay = () => {
    panel.sureToLeave = false
    panel.update()
  }
  return h(
    "div",
    { key: "sure", class: "note stack", role: "alertdialog", "aria-label": sure },
    sure,
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { type: "button", class: "grow", created: (el: HTMLElement) => el.focus(), onclick: stay },
        t("stay"),
      ),
      h("button", { type: "button", class: "stop grow", onclick: () => panel.leave() }, t("leave")),
    ),
  )
}

/** What reporting does, to be confirmed. */
export function report(panel: PanelModel, visit: Visit, view: SessionView): View {
  const title = t("report.title")
  return h(
    "section",
    { key: "report", class: "stack", role: "alertdialog", "aria-label": title, onkeydown: stayOnEscape },
    h("h2", null, title),
    reportForm(visit.report, view.session.company, () => panel.report()),
  )
}

function stayOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape") return
  event.stopPropagation()
  ;(event.currentTarget as Element).querySelector("button")?.click()
}
