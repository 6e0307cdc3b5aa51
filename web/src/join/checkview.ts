import { streamOf } from "../rtc/playback"
import { type Child, h, type View } from "../ui/dom"
import { icon } from "../ui/icons"
import { t } from "../ui/text"
import type { Check, Result } from "./check"

/**
 * The three things that are looked at, each with what to do when it fails. With a company one waits for its agent:
 * then microphone and camera stay on, and each has a switch.
 */
export function checkView(check: Check, company: string | null = null): View {
  const camera = check.local.track("camera")
  return h(
    "section",
    { class: "stack check", "aria-label": t("check.title") },
    h("h2", { class: "small" }, t("check.title")),
    h(
      "ul",
      { class: "checks" },
      row("network", check.network, () => void check.testNetwork()),
      check.started ? device(check, "mic", company) : null,
      check.started ? device(check, "camera", company) : null,
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
    h("p", { class: "fine" }, t(company === null || check.started ? "check.without" : "standby.before")),
  )
}

function device(check: Check, label: "mic" | "camera", company: string | null): View {
  const result = check.result(label)
  const again = () => void (label === "mic" ? check.microphone() : check.camera())
  const more = label === "mic" ? level(check) : null
  const on = result.kind === "good"
  if (company === null || !(on || result.kind === "idle")) return row(label, result, again, { more })
  const said = t(`standby.${label}_${on ? "on" : "off"}`, { company })
  return row(label, result, again, { more, said, end: lever(check, label, on) })
}

function lever(check: Check, label: "mic" | "camera", on: boolean): View {
  return h(
    "button",
    {
      type: "button",
      class: "switch",
      role: "switch",
      "aria-checked": on ? "true" : "false",
      "aria-label": t(`call.${label}`),
      onclick: () => void check.toggle(label),
    },
    h("i", { "aria-hidden": "true" }),
  )
}

interface Parts {
  /** Under the words, when all is well. */
  more?: Child
  /** Instead of the usual words. */
  said?: string
  /** At the end of the line. */
  end?: Child
}

function row(
  what: "network" | "mic" | "camera",
  result: Result,
  again: () => void,
  { more, said, end }: Parts = {},
): View {
  const bad = result.kind === "bad"
  const weak = result.kind === "slow" || result.kind === "narrow"
  const good = result.kind === "good"
  return h(
    "li",
    { key: what, class: `check-row ${result.kind}` },
    h(
      "span",
      { class: "sign", "aria-hidden": "true" },
      icon(bad || weak ? "warn" : good ? "check" : what === "network" ? "settings" : what),
    ),
    h(
      "div",
      { class: "grow wrap", role: "status" },
      said ?? text(what, result),
      good ? more : null,
      bad || weak ? h("div", null, h("button", { type: "button", class: "link", onclick: again }, t("again"))) : null,
    ),
    end,
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
