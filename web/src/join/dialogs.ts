import { type Child, h, type View } from "../ui/dom"
import { closeModal, openModal } from "../ui/focus"
import { icon } from "../ui/icons"
import { reportButton, reportForm } from "../ui/parts/report"
import { t } from "../ui/text"
import { given } from "../wire/derive"
import type { SessionView } from "../wire/view"
import type { Call } from "./call"
import type { WindowModel } from "./model"

/** Which microphone, camera and loudspeaker. */
export function settings(page: WindowModel, call: Call): View {
  const devices = page.devices
  const close = () => {
    page.devices = null
    page.update()
  }
  const select = (label: string, options: MediaDeviceInfo[], chosen: string, pick: (id: string) => void) =>
    h(
      "label",
      { key: label },
      label,
      options.length === 0
        ? h("p", { class: "fine" }, t("call.no_device"))
        : h(
            "select",
            { onchange: (event: Event) => pick((event.currentTarget as HTMLSelectElement).value) },
            options.map((one, index) =>
              h(
                "option",
                { key: one.deviceId, value: one.deviceId, selected: one.deviceId === chosen },
                one.label || t("call.device", { count: index + 1 }),
              ),
            ),
          ),
    )
  return dialog(
    "settings",
    t("call.devices"),
    close,
    select(t("call.mic"), devices?.mic ?? [], call.local.chosen("mic"), (id) => void call.choose("mic", id)),
    select(
      t("call.camera"),
      devices?.camera ?? [],
      call.local.chosen("camera"),
      (id) => void call.choose("camera", id),
    ),
    call.playback.canChooseSpeaker
      ? select(t("call.speaker"), devices?.speaker ?? [], call.playback.speaker, (id) => call.playback.choose(id))
      : null,
    h("button", { type: "button", class: "primary", onclick: close }, t("done")),
  )
}

/** The two ways out: over, and over because it is not right. */
export function waysOut(page: WindowModel, call: Call): Child {
  const ask = () => {
    page.sureToLeave = true
    page.update()
  }
  return [
    reportButton(call.visit.report),
    h("button", { type: "button", class: "quiet", onclick: ask }, icon("leave"), t("leave")),
  ]
}

/** It ends everything: asked once more. */
export function reporting(call: Call, view: SessionView): View {
  const { report } = call.visit
  return dialog(
    "report",
    t("report.title"),
    () => report.cancel(),
    reportForm(report, view.session.company, () => call.report()),
  )
}

/** Leaving a call is asked once more. */
export function leaving(page: WindowModel, call: Call): View {
  const shown = given(call.visit.view as SessionView, "screen_view").length > 0
  return dialog(
    "leave",
    t("end.leave_sure"),
    () => stay(page),
    h("p", { class: "muted" }, t(shown ? "end.leave_shown" : "end.leave_about")),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "grow", onclick: () => stay(page) }, t("stay")),
      h(
        "button",
        {
          type: "button",
          class: "stop grow",
          onclick: () => {
            stay(page)
            call.leave()
          },
        },
        t("leave"),
      ),
    ),
  )
}

function dialog(key: string, title: string, close: () => void, ...children: Child[]): View {
  return h(
    "dialog",
    {
      key,
      "aria-label": title,
      created: openModal,
      removed: closeModal,
      oncancel: (event: Event) => {
        event.preventDefault()
        close()
      },
    },
    h("div", { class: "stack" }, h("h2", null, title), children),
  )
}

function stay(page: WindowModel): void {
  page.sureToLeave = false
  page.update()
}
