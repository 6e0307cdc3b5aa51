import { type Child, h, type View } from "../ui/dom"
import { spaced } from "../ui/format"
import { icon } from "../ui/icons"
import { initials } from "../ui/initials"
import { callback } from "../ui/parts/callback"
import { chat, errorKey } from "../ui/parts/chat"
import { ending } from "../ui/parts/ending"
import { offline, scam, waitsAgain } from "../ui/parts/notices"
import { queue } from "../ui/parts/queue"
import { reporting } from "../ui/parts/report"
import { currentLanguage, LANGUAGES, t } from "../ui/text"
import type { SessionView } from "../wire/view"
import type { Visit } from "../wire/visit"
import { checkView } from "./checkview"
import type { WindowModel } from "./model"
import { noMedia, room } from "./stage"

/** What the window shows, by where one is. */
export function windowView(page: WindowModel): Child {
  const { step } = page
  switch (step.kind) {
    case "loading":
      return center(h("p", { class: "muted", role: "status" }, t("form.coming_back")))
    case "number":
      return center(byNumber(page))
    case "invited":
      return h(
        "main",
        { class: page.check ? "center pair" : "center" },
        invited(page, step.link, step.info),
        page.check ? h("div", { class: "card" }, checkView(page.check)) : null,
      )
    case "gone":
      return center(gone(page, step.code))
    case "elsewhere":
      return center(elsewhere(page))
    case "inside":
      return inside(page)
  }
}

function center(...children: Child[]): View {
  return h("main", { class: "center" }, children)
}

function byNumber(page: WindowModel): View {
  return h(
    "form",
    {
      class: "card stack",
      onsubmit: (event: Event) => {
        event.preventDefault()
        const number = page.number.replace(/\s/g, "")
        if (number.length === 9) void page.join({ number })
        else {
          page.trouble = { code: "number_short" }
          page.update()
        }
      },
    },
    h("h1", null, t("join.title")),
    h("p", { class: "muted" }, t("join.about")),
    h(
      "label",
      null,
      t("join.number"),
      h("input", {
        class: "number",
        name: "number",
        inputmode: "numeric",
        autocomplete: "one-time-code",
        placeholder: "123 456 789",
        value: page.number,
        "aria-invalid": page.trouble ? "true" : null,
        "aria-describedby": "trouble",
        created: (el: HTMLElement) => el.focus(),
        oninput: (event: Event) => typed(page, event.currentTarget as HTMLInputElement),
      }),
    ),
    nameField(page),
    h("div", { id: "trouble" }, trouble(page)),
    h(
      "button",
      { type: "submit", class: "primary wide", disabled: page.joining },
      page.joining ? t("join.joining") : t("join.join"),
    ),
    h("p", { class: "fine" }, t("form.nothing")),
    scam(""),
    languages(),
  )
}

/** Groups of three as one types or pastes, with the caret kept behind the same digit. */
function typed(page: WindowModel, input: HTMLInputElement): void {
  const before = input.value.slice(0, input.selectionStart ?? input.value.length).replace(/\D/g, "").length
  page.number = spaced(input.value)
  input.value = page.number
  let caret = 0
  for (let digits = 0; caret < page.number.length && digits < before; caret++) if (page.number[caret] !== " ") digits++
  input.setSelectionRange(caret, caret)
  page.trouble = null
  page.update()
}

/** May stay empty: the agent may have written the name down already. */
function nameField(page: WindowModel): View {
  return h(
    "label",
    null,
    t("form.name"),
    h("input", {
      name: "name",
      autocomplete: "name",
      maxlength: "80",
      value: page.name,
      oninput: (event: Event) => {
        page.name = (event.currentTarget as HTMLInputElement).value
      },
    }),
  )
}

function invited(page: WindowModel, link: string, info: { company: string; agent: string; recording: string }): View {
  const vars = { company: info.company, name: info.agent || t("agent") }
  return h(
    "form",
    {
      class: "card stack",
      onsubmit: (event: Event) => {
        event.preventDefault()
        void page.join({ link })
      },
    },
    h("p", { class: "company" }, info.company),
    h(
      "div",
      { class: "row" },
      h("span", { class: "face", "aria-hidden": "true" }, initials(vars.name)),
      h("h1", { class: "grow" }, t("invite.title", vars)),
    ),
    h(
      "ul",
      { class: "points muted" },
      ["chat", "window", "stop"].map((key) => h("li", null, t(`sees.${key}`, vars))),
    ),
    h("p", { class: info.recording === "always" ? "note wait" : "fine" }, t(`sees.recording_${info.recording}`, vars)),
    nameField(page),
    trouble(page),
    h(
      "button",
      { type: "submit", class: "primary wide", disabled: page.joining },
      page.joining ? t("join.joining") : t("join.join"),
    ),
    scam(info.company),
    languages(),
  )
}

function gone(page: WindowModel, code: string): View {
  const offered = code === "offline" || code === "server_error"
  const again = () => void page.look(/^\/j\/([\w-]+)/.exec(location.pathname)?.[1] ?? "")
  return h(
    "div",
    { class: "card stack" },
    h("h1", null, t(offered ? "gone.trouble" : "gone.title")),
    h("p", { role: "alert" }, t(errorKey(code))),
    offered
      ? h("button", { type: "button", class: "primary wide", onclick: again }, t("again"))
      : h("a", { class: "button wide", href: numberPage() }, t("gone.number")),
  )
}

/** Where a number is typed, in the language that is read here. */
export function numberPage(): string {
  return `/join?lang=${currentLanguage()}`
}

/** The other languages, each in its own words. */
function languages(): View {
  const name = (code: string) => new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code
  return h(
    "p",
    { class: "fine row languages" },
    LANGUAGES.filter((code) => code !== currentLanguage()).map((code) =>
      h(
        "a",
        { href: `?lang=${code}`, lang: code, hreflang: code },
        name(code).replace(/^./, (first) => first.toUpperCase()),
      ),
    ),
  )
}

function elsewhere(page: WindowModel): View {
  return h(
    "div",
    { class: "card stack" },
    h("h1", null, t("window.elsewhere")),
    h("button", { type: "button", class: "primary wide", onclick: () => page.here() }, t("window.here")),
  )
}

function inside(page: WindowModel): Child {
  const { visit } = page.call as { visit: Visit }
  const { view } = visit
  if (visit.refusal && view?.session.state !== "ended") return center(refused(page, visit.refusal.code))
  if (!view) return center(h("p", { class: "muted", role: "status" }, t("form.coming_back")), offline(visit.link))
  if (view.session.state === "ended") return center(over(page, visit, view))
  if (view.session.state === "live") {
    return visit.report.sent ? center(h("div", { class: "card" }, reporting(visit))) : room(page, view)
  }
  return center(waiting(page, visit, view))
}

function waiting(page: WindowModel, visit: Visit, view: SessionView): Child {
  const since = view.session.waiting_since ?? view.session.created_at
  return h(
    "div",
    { class: "card stack" },
    h("p", { class: "company" }, view.session.company),
    offline(visit.link),
    waitsAgain(view),
    queue({ position: view.position, waited: visit.now() - since, heading: "h1" }),
    page.callback ? callback(page.callback, view, page.update) : null,
    page.check ? checkView(page.check, view.session.company) : null,
    page.call ? noMedia(page.call) : null,
    view.lines.some((line) => line.kind === "chat")
      ? h("div", { class: "kept" }, chat({ visit, view, state: page.chat, changed: page.update }))
      : null,
    h("p", { class: "fine" }, t("queue.keep_window")),
    h("button", { type: "button", class: "quiet wide", onclick: () => page.call?.leave() }, icon("leave"), t("leave")),
    page.call?.notice?.kind === "refused"
      ? h("p", { class: "note bad", role: "alert" }, t(errorKey(page.call.notice.code)))
      : null,
  )
}

function over(page: WindowModel, visit: Visit, view: SessionView): View {
  const close = () => {
    window.close()
    // A tab that no script has opened stays.
    page.startOver()
  }
  return h(
    "div",
    { class: "card" },
    ending({
      visit,
      view,
      rating: page.rating,
      state: page.chat,
      changed: page.update,
      heading: "h1",
      actions: [h("button", { type: "button", class: "wide", onclick: close }, t("window.close"))],
    }),
  )
}

function refused(page: WindowModel, code: string): View {
  return h(
    "div",
    { class: "card stack" },
    h("h1", null, t("gone.title")),
    h("p", { role: "alert" }, t(errorKey(code))),
    page.store.value?.reference
      ? h("p", { class: "note" }, t("end.reference"), " ", h("b", null, page.store.value.reference))
      : null,
    h("button", { type: "button", class: "primary wide", onclick: () => page.startOver() }, t("end.again")),
  )
}

function trouble(page: WindowModel): View | null {
  const known = page.trouble
  if (!known) return null
  const wait = known.retryAfter ? ` ${t("error.retry_after", { count: Math.ceil(known.retryAfter) })}` : ""
  return h("p", { class: "note bad", role: "alert" }, t(errorKey(known.code)) + wait)
}
