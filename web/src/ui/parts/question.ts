import type { Grant } from "../../contract/messages"
import { OF_WINDOW, person } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import { h, type View } from "../dom"
import { closeModal, openModal } from "../focus"
import { firstName } from "../format"
import { initials } from "../initials"
import { has, t } from "../text"

export interface QuestionProps {
  view: SessionView
  grant: Grant
  /** Said before it is tried: this device cannot do it. */
  cannot?: string | null
  /** Words of the button that says yes; null when yes is said elsewhere. */
  allow?: string | null
  answer: (allow: boolean) => void
  /** A real dialog over everything, or a card among other things. */
  modal: boolean
}

/** Who asks, for what exactly, for how long, and what stays unseen. *Not now* has the first focus. */
export function question({ view, grant, cannot, allow, answer, modal }: QuestionProps): View {
  const asker = person(view, grant.holder)
  const by = grant.capability === "further_agent" ? person(view, view.session.primary) : asker
  const vars = {
    name: firstName(asker?.name ?? t("agent")),
    full: asker?.name ?? t("agent"),
    by: firstName(by?.name ?? ""),
    company: view.session.company,
  }
  const points = ["1", "2", "3"].map((n) => `ask.${grant.capability}.point${n}`).filter(has)
  const id = `ask-${grant.id}`
  const body = h(
    "div",
    { class: "stack" },
    h(
      "div",
      { class: "row" },
      h("span", { class: "face", "aria-hidden": "true" }, initials(vars.full)),
      h("div", { class: "grow wrap" }, h("b", null, vars.full), h("div", { class: "fine" }, from(view))),
    ),
    h("h2", { id }, t(`ask.${has(`ask.${grant.capability}.title`) ? grant.capability : "other"}.title`, vars)),
    h(
      "ul",
      { class: "points muted", id: `${id}-what` },
      points.map((key) => h("li", { key }, t(key, vars))),
    ),
    cannot ? h("p", { class: "note wait" }, cannot) : null,
    h(
      "div",
      { class: "row" },
      h(
        "button",
        {
          type: "button",
          class: "grow",
          created: (el) => (modal ? el.focus() : focusPolitely(el)),
          onclick: () => answer(false),
        },
        t("ask.not_now"),
      ),
      cannot || allow === null
        ? null
        : h("button", { type: "button", class: "primary grow", onclick: () => answer(true) }, allow ?? t("ask.allow")),
    ),
    h("p", { class: "fine" }, t(OF_WINDOW.includes(grant.capability) ? "ask.no_harm_browser" : "ask.no_harm")),
  )
  const labels = { "aria-labelledby": id, "aria-describedby": `${id}-what` }
  if (!modal)
    return h(
      "section",
      { key: grant.id, class: "card ask", role: "alertdialog", ...labels, onkeydown: refuseOnEscape(answer) },
      body,
    )
  return h(
    "dialog",
    {
      key: grant.id,
      class: "card ask",
      ...labels,
      created: openModal,
      removed: closeModal,
      oncancel: (event: Event) => {
        event.preventDefault()
        answer(false)
      },
    },
    body,
  )
}

function from(view: SessionView): string {
  return [view.session.company, view.session.queue_name].filter(Boolean).join(", ")
}

function refuseOnEscape(answer: (allow: boolean) => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== "Escape") return
    event.stopPropagation()
    answer(false)
  }
}

/** Never out of a field in which somebody is typing. */
function focusPolitely(element: HTMLElement): void {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  const typing =
    active instanceof HTMLElement && (active.matches("input, textarea, select") || active.isContentEditable)
  if (!typing) element.focus()
}
