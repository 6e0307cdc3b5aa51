import { shared, story } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import type { Visit } from "../../wire/visit"
import { h, type View } from "../dom"
import { bytes, lasted, names } from "../format"
import { icon } from "../icons"
import { t } from "../text"
import { promise, promised } from "./callback"
import { type ChatState, fetchFile, trouble } from "./chat"

/** The rating as far as it has come. */
export interface RatingState {
  stars: number
  comment: string
  state: "open" | "sending" | "sent" | "failed"
}

export function freshRating(): RatingState {
  return { stars: 0, comment: "", state: "open" }
}

interface EndingProps {
  visit: Visit
  view: SessionView
  rating: RatingState
  /** Says what became of downloads. */
  state: ChatState
  changed: () => void
  /** Start anew, or close. */
  actions: View[]
  heading?: "h1" | "h2"
}

/** What happened in three lines, the rating, the files, and the number to quote. */
export function ending({ visit, view, rating, state, changed, actions, heading = "h2" }: EndingProps): View {
  const files = shared(view).filter((file) => file.state === "ready")
  const call = promised(view)
  // Over before it arrived, it is not taken down any more.
  const reported = visit.report.sent && view.session.ended_by === "customer"
  if (call) return h("section", { class: "stack", "aria-label": t("end.title") }, promise(call, heading), actions)
  return h(
    "section",
    { class: "stack", "aria-label": t("end.title") },
    h(heading, { tabindex: "-1", "data-home": true }, t(`end.by_${view.session.ended_by ?? "system"}`)),
    reported && visit.report.state === "told" ? h("p", { class: "note good", role: "status" }, t("report.told")) : null,
    h(
      "ul",
      { class: "points" },
      lines(view).map((text) => h("li", null, text)),
    ),
    h("p", { class: "note" }, t("end.reference"), " ", h("b", null, view.session.reference)),
    view.session.answered_at === null || reported ? null : rate(visit, view, rating, changed, below(heading)),
    files.length > 0
      ? h(
          "div",
          { class: "stack" },
          h(below(heading), { class: "small" }, t("end.files")),
          files.map((file) =>
            h(
              "button",
              { key: file.id, type: "button", onclick: () => fetchFile(visit, file, state, changed) },
              icon("down"),
              h("span", { class: "wrap" }, `${file.name} (${bytes(file.size)})`),
            ),
          ),
        )
      : null,
    trouble(state, changed),
    actions,
  )
}

function below(heading: "h1" | "h2"): string {
  return heading === "h1" ? "h2" : "h3"
}

/** Three sentences at most; the last always says that nobody sees anything now. */
export function lines(view: SessionView): string[] {
  const told = story(view)
  const out: string[] = []
  const closed = view.lines.some((line) => line.kind === "ended" && line.data?.reason === "redirected")
  if (told.talked === null) out.push(t(closed ? "end.nobody_free" : "end.unanswered"))
  else out.push(t("end.talked", { name: names(told.with), time: lasted(told.talked) }))
  const shared = told.shared.map((capability) => t(`what.${capability}`))
  const shown = shared.length > 0 ? t("end.shared", { what: names(shared) }) : ""
  const recorded = told.recorded ? t("end.recorded") : ""
  if (told.talked !== null) out.push([shown || t("end.shared_nothing"), recorded].filter(Boolean).join(" "))
  out.push(t("end.nobody"))
  return out
}

function rate(visit: Visit, view: SessionView, rating: RatingState, changed: () => void, level: string): View {
  const given = rating.state === "sent" || (view.session.rating ?? null) !== null
  if (given) return h("p", { class: "note good", role: "status" }, t("rate.thanks"))
  const send = (event: Event) => {
    event.preventDefault()
    rating.state = "sending"
    changed()
    visit
      .send({ type: "session.rate", stars: rating.stars, comment: rating.comment.trim() })
      .then(
        () => {
          rating.state = "sent"
        },
        () => {
          rating.state = "failed"
        },
      )
      .finally(changed)
  }
  return h(
    "form",
    { class: "stack", onsubmit: send },
    h(
      "fieldset",
      null,
      h("legend", null, h(level, { class: "small" }, t("rate.title"))),
      h(
        "div",
        { class: "stars" },
        [1, 2, 3, 4, 5].map((stars) =>
          h(
            "label",
            { key: String(stars), class: stars <= rating.stars ? "on" : "" },
            h("input", {
              type: "radio",
              name: "stars",
              checked: rating.stars === stars,
              "aria-label": t("rate.stars", { count: stars }),
              onchange: () => {
                rating.stars = stars
                changed()
              },
            }),
            icon("star"),
          ),
        ),
      ),
    ),
    rating.stars === 0
      ? null
      : h(
          "div",
          { class: "stack" },
          h(
            "label",
            null,
            t("rate.comment"),
            h("textarea", {
              rows: "2",
              maxlength: "2000",
              value: rating.comment,
              oninput: (event: Event) => {
                rating.comment = (event.currentTarget as HTMLTextAreaElement).value
              },
            }),
          ),
          h("button", { type: "submit", class: "primary", disabled: rating.state === "sending" }, t("rate.send")),
        ),
    rating.state === "failed" ? h("p", { class: "note bad", role: "alert" }, t("rate.failed")) : null,
  )
}
