import { streamOf } from "../rtc/playback"
import { type Child, h, type View } from "../ui/dom"
import { icon } from "../ui/icons"
import { t } from "../ui/text"
import type { Check, Result } from "./check"

/** The three things that are looked at, each with what to do when it fails. */
export function checkView(check: Check): View {
  const camera = check.local.track("camera")
  return h(
    "section",
    { class: "stack check", "aria-label": t("check.title") },
    h("h2", { class: "small" }, t("check.title")),
    h(
      "ul",
      { class: "checks" },
      row("network", check.network, () => void check.testNetwork()),
      check.started ? row("mic", check.result("mic"), () => void check.microphone(), level(check)) : null,
      check.started ? row("camera", check.result("camera"), () => void check.camera()) : null,
    ),
    camera
      ? h("video", {
          class: "self mirror",
          autoplay: true,
          muted: true,
          playsInline: true,
          srcObject: streamOf(camera),
          "aria-label": t("call.you_video"),
        })
      : null,
    check.started
      ? null
      : h(
          "button",
          { type: "button", class: "wide", onclick: () => void check.devices() },
          icon("mic"),
          t("check.start"),
        ),
    h("p", { class: "fine" }, t("check.without")),
  )
}

function row(what: "network" | "mic" | "camera", result: Result, again: () => void, more?: Child): View {
  const bad = result.kind === "bad"
  const good = result.kind === "good"
  return h(
    "li",
    { key: what, class: `check-row ${result.kind}` },
    h(
      "span",
      { class: "sign", "aria-hidden": "true" },
      icon(bad || result.kind === "slow" ? "warn" : good ? "check" : what === "network" ? "settings" : what),
    ),
    h(
      "div",
      { class: "grow wrap", role: "status" },
      text(what, result),
      good ? more : null,
      bad || result.kind === "slow"
        ? h("div", null, h("button", { type: "button", class: "link", onclick: again }, t("again")))
        : null,
    ),
  )
}

function text(what: string, result: Result): string {
  if (result.kind === "bad")
    return result.why === "offline" ? t("check.network_bad") : t(`trouble.${what}.${result.why}`)
  if (result.kind === "good" || result.kind === "slow")
    return t(`check.${what}_${result.kind}`, { count: result.value ?? 0 })
  return t(`check.${what}_${result.kind}`)
}

function level(check: Check): Child {
  return [
    h(
      "div",
      { class: "bar level", "aria-hidden": "true" },
      h("i", { vars: { "--part": `${Math.round(check.level * 100)}%` } }),
    ),
    h("div", { class: "fine" }, t(check.heard ? "check.heard" : "check.say")),
  ]
}
