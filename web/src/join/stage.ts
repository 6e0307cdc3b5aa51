import type { Grant } from "../contract/messages"
import { canShareScreen } from "../rtc/devices"
import { isShare, type Label, type Received } from "../rtc/peer"
import { streamOf } from "../rtc/playback"
import { type Child, h, type View } from "../ui/dom"
import { firstName } from "../ui/format"
import { type IconName, icon } from "../ui/icons"
import { initials } from "../ui/initials"
import { banner } from "../ui/parts/banner"
import { chat, errorKey } from "../ui/parts/chat"
import { hold, offline, scam } from "../ui/parts/notices"
import { question } from "../ui/parts/question"
import { t } from "../ui/text"
import { agent, given, nativeOf, OF_NATIVE, OF_PAGE, person, shownBy, staff } from "../wire/derive"
import type { SessionView } from "../wire/view"
import type { Call, Notice } from "./call"
import { leaving, reporting, settings, waysOut } from "./dialogs"
import type { WindowModel } from "./model"
import { offer } from "./program"
import { controlling, copied, over } from "./shared"

/** The live session: who is there, what is shown, what one can do, the chat. */
export function room(page: WindowModel, view: SessionView): View {
  const call = page.call as Call
  const { visit } = call
  const asked = visit.questions.find(({ capability }) => !OF_PAGE.includes(capability))
  return h(
    "main",
    { class: "room" },
    top(page, call, view),
    stage(call, view),
    controls(page, call),
    h(
      "aside",
      { class: "side" },
      view.lines.some((line) => line.kind === "chat") ? null : scam(view.session.company),
      chat({ visit, view, state: page.chat, changed: page.update }),
    ),
    asked
      ? ask(call, view, asked)
      : page.devices
        ? settings(page, call)
        : page.sureToLeave
          ? leaving(page, call)
          : visit.report.open
            ? reporting(call, view)
            : null,
  )
}

/** What a browser can do is answered here; the rest in the native client, which is offered where there is none yet. */
function ask(call: Call, view: SessionView, asked: Grant): View {
  const native = asked.capability in OF_NATIVE
  const answer = (allow: boolean) => void call.answer(asked, allow)
  if (native && !nativeOf(view, view.you)) {
    call.program.want()
    return offer({ view, grant: asked, program: call.program, onNo: () => answer(false) })
  }
  const cannot = asked.capability === "screen_view" && !canShareScreen() ? t("call.cannot_share") : null
  const there = native ? t("client.answer_there") : null
  return question({ view, grant: asked, modal: true, cannot: there ?? cannot, answer })
}

// --- above: who sees what, and what is the matter ---

function top(page: WindowModel, call: Call, view: SessionView): View {
  const { visit } = call
  const main = agent(view)
  return h(
    "header",
    { class: "top" },
    h(
      "div",
      { class: "line" },
      h(
        "h1",
        { class: "grow" },
        main ? t("call.with", { name: main.name, company: view.session.company }) : view.session.company,
      ),
      waysOut(page, call),
    ),
    banner({
      view,
      local: call.sending,
      stopped: visit.stopping !== "no",
      after: call.notice?.kind === "nobody" || visit.stopping !== "no" ? t("banner.nobody") : null,
      onStop: () => call.stop(),
      onStopRecording: () => void visit.send({ type: "grant.withdraw", capability: "record" }).catch(() => {}),
    }),
    offline(visit.link),
    hold(view),
    notice(page, call),
    call.shareAgain ? again(call) : null,
    call.playback.blocked
      ? h(
          "button",
          { type: "button", class: "primary", onclick: () => call.playback.unblock() },
          icon("sound"),
          t("call.hear_agent"),
        )
      : null,
    noMedia(call),
    !call.line.blocked && visit.link.kind === "open" && (call.media === "failed" || call.media === "disconnected")
      ? h("p", { class: "note wait", role: "status" }, t("call.media_back"))
      : null,
  )
}

/** The network lets neither sound nor picture through: what one can do. */
export function noMedia(call: Call): View | null {
  if (!call.line.blocked || call.visit.link.kind !== "open") return null
  return h("p", { class: "note wait", role: "status" }, t("call.media_blocked"))
}

function again(call: Call): View {
  return h(
    "div",
    { class: "note wait row", role: "status" },
    h("span", { class: "grow" }, t("call.share_cut")),
    h("button", { type: "button", onclick: () => call.takeBack("screen") }, t("ask.not_now")),
    h("button", { type: "button", class: "primary", onclick: () => void call.share() }, t("call.share_again")),
  )
}

function notice(page: WindowModel, call: Call): View | null {
  const { notice } = call
  if (!notice || notice.kind === "nobody") return null
  const close = () => {
    call.notice = null
    page.update()
  }
  return h(
    "div",
    { class: `note row ${notice.kind === "share_ended" ? "" : "wait"}`, role: "alert" },
    h("span", { class: "grow" }, said(notice)),
    notice.kind === "trouble"
      ? h("button", { type: "button", onclick: () => retry(call, notice.label) }, t("again"))
      : null,
    h("button", { type: "button", class: "quiet icon-only", "aria-label": t("close"), onclick: close }, icon("close")),
  )
}

function said(notice: Notice): string {
  switch (notice.kind) {
    case "trouble":
      return t(`trouble.${notice.label}.${notice.why}`)
    case "refused":
      return t(errorKey(notice.code))
    case "share_ended":
      return t("call.share_ended")
    case "nobody":
      return t("banner.nobody")
  }
}

function retry(call: Call, label: Label): void {
  if (label === "mic") void call.microphone()
  else if (label === "camera") void call.camera()
  else void call.share()
}

// --- the middle: pictures ---

function stage(call: Call, view: SessionView): View {
  const pictures = call.received.filter((one) => one.track.kind === "video" && isShown(view, one))
  const shares = pictures.filter(isShare)
  const faces = pictures.filter((one) => one.label === "camera")
  const [big, ...rest] = [...shares, ...faces]
  const own = call.local.track("camera")
  const told = big && isShare(big) ? shownBy(view, big.participant) : null
  const shown = told?.picture.kind === big?.label ? told : null
  return h(
    "section",
    { class: "stage", "aria-label": t("call.stage") },
    h(
      "div",
      { class: "big" },
      big ? picture(view, big, "big") : nobody(call, view),
      shown ? over(call.shared, () => call.visit.view, shown.giver) : null,
    ),
    shown ? controlling(call.shared, view, shown) : null,
    shown ? copied(call.shared, view, shown) : null,
    rest.length > 0 || own
      ? h(
          "div",
          { class: "tiles" },
          rest.map((one) => h("div", { key: one.mid, class: "tile" }, picture(view, one, one.mid))),
          own
            ? h(
                "div",
                { key: "own", class: "tile" },
                h("video", {
                  class: "mirror",
                  autoplay: true,
                  muted: true,
                  playsInline: true,
                  srcObject: streamOf(own),
                  "aria-label": t("call.you_video"),
                }),
                h("span", { class: "tag" }, t("you")),
              )
            : null,
        )
      : null,
  )
}

/** A line may be laid before anything is sent on it. */
function isShown(view: SessionView, one: Received): boolean {
  return view.presence.find((p) => p.participant === one.participant)?.streams.includes(one.label) ?? false
}

function picture(view: SessionView, one: Received, key: string): Child {
  const name = person(view, one.participant)?.name ?? t("agent")
  const native = one.label === "desktop" || one.label === "application"
  const text = t(native ? `screen.${one.label}_of` : isShare(one) ? "call.screen_of" : "call.video_of", { name })
  return [
    h("video", {
      key,
      autoplay: true,
      muted: true,
      playsInline: true,
      srcObject: streamOf(one.track),
      "aria-label": text,
    }),
    h("span", { class: "tag" }, isShare(one) ? text : name),
  ]
}

function nobody(call: Call, view: SessionView): View {
  const main = agent(view)
  const name = main?.name ?? t("agent")
  const voice = call.received.some((one) => one.label === "mic" && isShown(view, one))
  const sharing = call.local.isOn("screen")
  const mic = call.local.state("mic")
  const heard = mic.kind === "on" && !mic.muted && given(view, "hear").length > 0
  return h(
    "div",
    { class: "empty" },
    h("span", { class: "face", "aria-hidden": "true" }, initials(name)),
    h("b", { class: "wrap" }, name),
    h(
      "span",
      { class: "muted" },
      t(sharing ? "call.you_share" : voice ? "call.you_hear" : heard ? "call.hears_you" : "call.here", {
        name: firstName(name),
      }),
    ),
    staff(view).length > 1
      ? h(
          "span",
          { class: "fine" },
          t("call.also", {
            name: staff(view)
              .filter((p) => p !== main)
              .map((p) => p.name)
              .join(", "),
          }),
        )
      : null,
  )
}

// --- below: what one can do ---

function controls(page: WindowModel, call: Call): View {
  const mic = call.local.state("mic")
  const camera = call.local.state("camera")
  const sharing = call.local.isOn("screen")
  const talking = mic.kind === "on" && !mic.muted
  return h(
    "div",
    { class: "controls", role: "group", "aria-label": t("call.controls") },
    toggle(
      t("call.mic"),
      talking ? "mic" : "micOff",
      talking,
      mic.kind === "on" && mic.muted,
      mic.kind === "asking",
      () => void call.microphone(),
      t(talking ? "call.mic_on" : "call.mic_off"),
    ),
    toggle(
      t("call.camera"),
      camera.kind === "on" ? "camera" : "cameraOff",
      camera.kind === "on",
      false,
      camera.kind === "asking",
      () => void call.camera(),
      t(camera.kind === "on" ? "call.camera_on" : "call.camera_off"),
    ),
    sharing
      ? h(
          "button",
          { key: "share-off", type: "button", class: "stop", onclick: () => call.takeBack("screen") },
          icon("screen"),
          t("call.stop_sharing"),
        )
      : h(
          "button",
          {
            key: "share-on",
            type: "button",
            disabled: !canShareScreen(),
            title: canShareScreen() ? null : t("call.cannot_share"),
            onclick: () => void call.share(),
          },
          icon("screen"),
          t("call.share"),
        ),
    h(
      "button",
      {
        type: "button",
        "aria-label": t("call.devices"),
        title: t("call.devices"),
        onclick: () => void page.settings(),
      },
      icon("settings"),
      h("span", null, t("call.devices_short")),
    ),
    canShareScreen() ? null : h("p", { class: "fine" }, t("call.cannot_share")),
  )
}

function toggle(
  name: string,
  sign: IconName,
  on: boolean,
  muted: boolean,
  busy: boolean,
  press: () => void,
  title: string,
): View {
  return h(
    "button",
    {
      key: name,
      type: "button",
      class: on ? "on" : muted ? "off-air" : "",
      "aria-pressed": on ? "true" : "false",
      "aria-label": name,
      "aria-busy": busy ? "true" : null,
      title,
      onclick: press,
    },
    icon(sign),
    h("span", null, name),
  )
}
