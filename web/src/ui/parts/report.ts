import type { Report } from "../../wire/report"
import type { Visit } from "../../wire/visit"
import { type Child, h, type View } from "../dom"
import { icon } from "../icons"
import { t } from "../text"
import { errorKey } from "./chat"
import { offline } from "./notices"

/** Quiet, beside the way out. */
export function reportButton(report: Report): View {
  const whole = t("report.title")
  return h(
    "button",
    { type: "button", class: "quiet report", "aria-label": whole, title: whole, onclick: () => report.ask() },
    icon("flag"),
    t("report.short"),
  )
}

/** What it does in plain words, room for what happened, and the two ways on. */
export function reportForm(report: Report, company: string, send: () => void): Child {
  const back = (event: Event) => {
    const root = (event.currentTarget as Element).getRootNode() as ShadowRoot
    report.cancel()
    // Drawn by then; the button that opened this may be another element now.
    queueMicrotask(() => root.querySelector<HTMLElement>(".report")?.focus())
  }
  return h(
    "form",
    {
      class: "stack",
      onsubmit: (event: Event) => {
        event.preventDefault()
        send()
      },
    },
    h("p", { class: "muted" }, t("report.about", { company })),
    h(
      "label",
      null,
      t("report.reason", { company }),
      h("textarea", {
        rows: "2",
        maxlength: "2000",
        value: report.reason,
        oninput: (event: Event) => {
          report.reason = (event.currentTarget as HTMLTextAreaElement).value
        },
      }),
    ),
    report.state === "failed" ? h("p", { class: "note bad", role: "alert" }, t(errorKey(report.code))) : null,
    h(
      "div",
      { class: "row" },
      h(
        "button",
        {
          type: "button",
          class: "grow",
          // What a dialog focuses first.
          autofocus: true,
          created: (element: HTMLElement) => element.focus(),
          onclick: back,
        },
        t("stay"),
      ),
      h("button", { type: "submit", class: "stop grow" }, t("report.go")),
    ),
  )
}

/** Confirmed; the server may not have heard of it yet. */
export function reporting(visit: Visit): View {
  return h(
    "div",
    { class: "stack" },
    h("h2", { tabindex: "-1", "data-home": true, role: "status" }, t("report.sending")),
    offline(visit.link),
  )
}
