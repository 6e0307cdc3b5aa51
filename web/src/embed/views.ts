import { type Child, h, type View } from "../ui/dom"
import { icon } from "../ui/icons"
import { banner } from "../ui/parts/banner"
import { callback } from "../ui/parts/callback"
import { chat, errorKey } from "../ui/parts/chat"
import { ending } from "../ui/parts/ending"
import { hold, offline, scam, waitsAgain } from "../ui/parts/notices"
import { question } from "../ui/parts/question"
import { queue } from "../ui/parts/queue"
import { reporting } from "../ui/parts/report"
import { t } from "../ui/text"
import { hasWindow, isOfWindow, OF_WINDOW, VIEWING } from "../wire/derive"
import type { SessionView } from "../wire/view"
import type { Visit } from "../wire/visit"
import { calledBack, closedNow, closedView } from "./closed"
import { report, wayOut } from "./leaving"
import type { PanelModel } from "./model"

/** Everything of ours on the company's page. */
export function panelView(panel: PanelModel): Child {
  if (!panel.site && !panel.visit) return null
  return h("div", { class: "place" }, panel.open ? sheet(panel) : dock(panel))
}

function dock(panel: PanelModel): View {
  const told = viewersOf(panel)
  return h("div", { class: told ? "dock told" : "dock" }, told, launcher(panel))
}

function launcher(panel: PanelModel): View {
  return h(
    "button",
    {
      type: "button",
      class: `launch primary${panel.page.shown ? " seen" : ""}`,
      "aria-expanded": "false",
      onclick: () => panel.show(),
    },
    panel.page.shown ? icon("eye") : icon("help"),
    h("span", { class: "word" }, label(panel)),
    panel.page.shown ? h("span", { class: "sr" }, t("page.seen")) : null,
    panel.unread > 0
      ? h(
          "span",
          { class: "count" },
          h("span", { "aria-hidden": "true" }, panel.unread),
          h("span", { class: "sr" }, t("chat.unread", { count: panel.unread })),
        )
      : null,
  )
}

function label(panel: PanelModel): string {
  const view = panel.visit?.view
  if (!view) return panel.visit ? t("form.coming_back") : t("form.help")
  switch (view.session.state) {
    case "waiting":
    case "inviting":
      return view.position ? t("queue.short", { count: view.position.position }) : t("queue.short_unknown")
    case "live":
      return t("chat.title")
    case "ended":
      return t(rateable(panel, view) ? "end.short" : "line.ended")
  }
}

function rateable(panel: PanelModel, { session }: SessionView): boolean {
  return session.answered_at !== null && !session.rating && !panel.visit?.report.sent
}

function sheet(panel: PanelModel): View {
  const view = panel.visit?.view ?? null
  const talk = view?.session.state === "live" && !panel.visit?.refusal
  return h(
    "section",
    {
      key: "panel",
      class: `card panel${talk ? " talk" : ""}`,
      role: "region",
      "aria-label": t("form.region", { company: company(panel) }),
      onkeydown: keepToOurselves,
      onkeypress: keepToOurselves,
      onkeyup: keepToOurselves,
    },
    h(
      "header",
      { class: "head" },
      h("span", { class: "title" }, company(panel)),
      h(
        "button",
        {
          type: "button",
          class: "quiet icon-only",
          "aria-label": t("form.fold"),
          title: t("form.fold"),
          onclick: () => panel.fold(),
        },
        icon("fold"),
      ),
    ),
    h("div", { class: "body" }, content(panel, view)),
  )
}

/** Shortcuts of the page stay out of what is typed here. */
function keepToOurselves(event: KeyboardEvent): void {
  if (event.key !== "Escape") event.stopPropagation()
}

function company(panel: PanelModel): string {
  return panel.visit?.view?.session.company || panel.site?.company || t("form.help")
}

function content(panel: PanelModel, view: SessionView | null): Child {
  const { visit } = panel
  if (!visit) {
    const closed = closedNow(panel.site)
    return closed || calledBack(panel) ? closedView(panel, closed, () => nameField(panel, true)) : form(panel)
  }
  if (visit.refusal && view?.session.state !== "ended") return refused(panel, visit.refusal.code)
  if (!view) return h("p", { class: "muted", role: "status" }, t("form.coming_back"))
  switch (view.session.state) {
    case "waiting":
    case "inviting":
      return waiting(panel, visit, view)
    case "live":
      if (visit.report.sent) return reporting(visit)
      // In the place of the chat: what it says must be seen.
      return visit.report.open
        ? [offline(visit.link), viewersOf(panel), report(panel, visit, view)]
        : live(panel, visit, view)
    case "ended":
      return over(panel, visit, view)
  }
}

function form(panel: PanelModel): Child {
  const site = panel.site
  return h(
    "form",
    {
      class: "stack",
      onsubmit: (event: Event) => {
        event.preventDefault()
        void panel.help()
      },
    },
    h("h2", null, t("form.title")),
    nameField(panel, true),
    h(
      "label",
      null,
      t("form.question"),
      h("textarea", {
        name: "question",
        rows: "3",
        maxlength: "2000",
        value: panel.asked,
        oninput: (event: Event) => {
          panel.asked = (event.currentTarget as HTMLTextAreaElement).value
        },
      }),
    ),
    site?.recording === "always" ? h("p", { class: "note wait" }, t("form.recorded", { company: site.company })) : null,
    trouble(panel),
    h(
      "button",
      { type: "submit", class: "primary wide", disabled: panel.asking },
      panel.asking ? t("form.asking") : t("form.help"),
    ),
    h("p", { class: "fine" }, t("form.nothing")),
    whoSees(panel),
  )
}

function nameField(panel: PanelModel, first = false): View {
  return h(
    "label",
    null,
    t("form.name"),
    h("input", {
      name: "name",
      autocomplete: "name",
      required: true,
      maxlength: "80",
      value: panel.name,
      created: (el: HTMLElement) => first && el.focus(),
      oninput: (event: Event) => {
        panel.name = (event.currentTarget as HTMLInputElement).value
      },
    }),
  )
}

function whoSees(panel: PanelModel): View {
  const capabilities = panel.site?.capabilities ?? []
  const vars = { company: company(panel) }
  return h(
    "details",
    { class: "fine" },
    h("summary", null, icon("lock"), t("sees.title")),
    h(
      "ul",
      null,
      h("li", null, t("sees.chat", vars)),
      h("li", null, t("sees.page", vars)),
      panel.site?.page ? h("li", null, t("sees.co_page", vars)) : null,
      capabilities.some((c) => OF_WINDOW.includes(c as (typeof OF_WINDOW)[number]))
        ? h("li", null, t("sees.window", vars))
        : null,
      h("li", null, t("sees.stop", vars)),
      h("li", null, t(`sees.recording_${panel.site?.recording ?? "off"}`, vars)),
    ),
  )
}

function waiting(panel: PanelModel, visit: Visit, view: SessionView): Child {
  const since = view.session.waiting_since ?? view.session.created_at
  return [
    offline(visit.link),
    waitsAgain(view),
    queue({
      position: view.position,
      waited: visit.now() - since,
      children: [h("p", { class: "fine" }, t("queue.keep_reading"))],
    }),
    view.session.question
      ? h("p", { class: "note wrap" }, h("b", null, t("queue.you_asked")), " ", view.session.question)
      : null,
    view.lines.some((line) => line.kind === "chat")
      ? h("div", { class: "kept" }, chat({ visit, view, state: panel.chat, changed: panel.update }))
      : null,
    panel.callback ? callback(panel.callback, view, panel.update) : null,
    panel.callback?.open ? null : windowButton(panel),
    trouble(panel),
    h(
      "button",
      { key: "leave", type: "button", class: "quiet wide", onclick: () => panel.leave() },
      icon("leave"),
      t("leave"),
    ),
  ]
}

function live(panel: PanelModel, visit: Visit, view: SessionView): Child {
  const [asked] = visit.questions
  return [
    offline(visit.link),
    viewersOf(panel),
    hold(view),
    asked
      ? question({
          view,
          grant: asked,
          modal: false,
          allow: isOfWindow(asked.capability) ? (hasWindow(view) ? null : t("ask.in_window")) : undefined,
          cannot: isOfWindow(asked.capability) && hasWindow(view) ? t("ask.window_open") : null,
          answer: (allow) => {
            if (allow && isOfWindow(asked.capability)) void panel.talk()
            else visit.answer(asked.id, allow).catch(() => {})
          },
        })
      : null,
    chat({ visit, view, state: panel.chat, changed: panel.update }),
    trouble(panel),
    h("div", { class: "stack acts" }, windowButton(panel), wayOut(panel, visit)),
    view.lines.some((line) => line.kind === "chat") ? null : scam(view.session.company),
  ]
}

function over(panel: PanelModel, visit: Visit, view: SessionView): Child {
  return ending({
    visit,
    view,
    rating: panel.rating,
    state: panel.chat,
    changed: panel.update,
    actions: [
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", class: "grow", onclick: () => panel.again() }, t("end.again")),
        h("button", { type: "button", class: "grow", onclick: () => panel.done() }, t("close")),
      ),
    ],
  })
}

function refused(panel: PanelModel, code: string): Child {
  return h(
    "div",
    { class: "stack" },
    h("p", { class: "note wait", role: "alert" }, t(errorKey(code))),
    panel.store.value?.reference
      ? h("p", null, t("end.reference"), " ", h("b", null, panel.store.value.reference))
      : null,
    h("button", { type: "button", class: "primary wide", onclick: () => panel.again() }, t("end.again")),
  )
}

function viewersOf(panel: PanelModel): View | null {
  const { visit } = panel
  if (!visit?.view || visit.refusal || visit.view.session.state === "ended") return null
  return banner({
    view: visit.view,
    stopped: visit.stopping !== "no",
    after: visit.stopping === "sent" ? t("banner.stopping") : visit.stopping === "done" ? t("banner.nobody") : null,
    onStop: () => panel.stop(),
    onStopRecording: () => void visit.send({ type: "grant.withdraw", capability: "record" }).catch(() => {}),
  })
}

function windowButton(panel: PanelModel): Child {
  const offered = panel.site?.capabilities ?? []
  const any = ["hear", ...VIEWING].some((c) => offered.includes(c))
  if (panel.site && offered.length > 0 && !any) return null
  return [
    h("button", { type: "button", class: "wide", onclick: () => void panel.talk() }, icon("call"), t("window.open")),
    panel.windowElsewhere ? elsewhere(panel) : null,
    panel.blocked
      ? h(
          "p",
          { key: "blocked", class: "note wait", role: "alert" },
          t("window.blocked"),
          " ",
          h(
            "a",
            {
              class: "wrap",
              href: panel.blocked,
              target: "_blank",
              rel: "noopener",
              onclick: () => {
                panel.blocked = null
                panel.update()
              },
            },
            t("window.link"),
          ),
        )
      : null,
  ]
}

/** A second window would cut the call of the first: it is opened only when that one is gone. */
function elsewhere(panel: PanelModel): View {
  return h(
    "div",
    { key: "elsewhere", class: "note wait stack", role: "alert" },
    t("window.there"),
    h("button", { type: "button", class: "wide", onclick: () => void panel.talk(true) }, t("window.anew")),
  )
}

function trouble(panel: PanelModel): View | null {
  const known = panel.trouble
  if (!known) return null
  const wait = known.retryAfter ? ` ${t("error.retry_after", { count: Math.ceil(known.retryAfter) })}` : ""
  return h("p", { class: "note bad", role: "alert" }, t(errorKey(known.code)) + wait)
}
