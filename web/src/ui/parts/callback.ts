import type { CallbackChoice, CallbackPromise, CallTimes } from "../../contract/messages"
import { Refused } from "../../wire/control"
import type { Api } from "../../wire/http"
import type { SessionView } from "../../wire/view"
import { type Child, h, type View } from "../dom"
import { clock } from "../format"
import { icon } from "../icons"
import { currentLanguage, t } from "../text"
import { errorKey } from "./chat"

const STEP = 1800
const DAYS = 7
const DAY = 86_400

/** What a customer types who wants to be called instead of waiting. Kept by the page, so that nothing is lost. */
export class CallbackForm {
  choice: CallbackChoice | null = null
  open = false
  number = ""
  soon = true
  /** First moment of the chosen day, and the chosen moment; seconds since the epoch. */
  day: number | null = null
  at: number | null = null
  sending = false
  /** What the server promised: shown at once, also when the line that tells of the session's end is late. */
  promise: CallbackPromise | null = null
  trouble: { code: string; field: string | null; retryAfter: number | null } | null = null
  #api: Api
  #changed: () => void
  #path: string
  #more: () => object
  #asked = false

  /** `path`: where it is asked for and sent to; `more`: what goes along. */
  constructor(api: Api, changed: () => void, path = "/session/callback", more = () => ({})) {
    this.#api = api
    this.#changed = changed
    this.#path = path
    this.#more = more
  }

  /** What may be chosen; asked for once. */
  async load(): Promise<void> {
    if (this.#asked) return
    this.#asked = true
    try {
      const query = `${this.#path.includes("?") ? "&" : "?"}zone=${encodeURIComponent(zone())}`
      const choice = await this.#api.get<CallbackChoice>(this.#path + query)
      this.choice = choice
      this.number ||= choice.number
    } catch {
      // Not offered then; waiting goes on as it would without.
      this.#asked = false
    }
    this.#changed()
  }

  /** The session ends with it, and its log then tells the same. */
  async send(): Promise<void> {
    if (this.sending || this.promise) return
    this.sending = true
    this.trouble = null
    this.#changed()
    try {
      const at = this.soon ? null : this.at
      const country = region()
      const wish = { number: this.number, at, country, zone: zone(), ...this.#more() }
      this.promise = await this.#api.post<CallbackPromise>(this.#path, wish)
    } catch (error) {
      const info = error instanceof Refused ? error.error : null
      this.trouble = {
        code: info?.code ?? "server_error",
        field: (info && "field" in info ? info.field : null) ?? null,
        retryAfter: (info && "retry_after" in info ? info.retry_after : null) ?? null,
      }
    }
    this.sending = false
    this.#changed()
  }

  /** Half hours at which we call, by day, in the person's own zone. */
  days(now = Date.now() / 1000): Map<number, number[]> {
    return slots(this.choice?.open ?? null, now)
  }
}

function zone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? ""
}

/** Country of the browser's language: of a number without a country code. */
function region(): string {
  const found = navigator.languages?.map((one) => /-([A-Z]{2})$/.exec(one)?.[1]).find(Boolean)
  return found ?? ""
}

/** `open` null: we call at any time. */
export function slots(open: readonly CallTimes[] | null, now: number): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const { start, end } of open ?? daytime(now)) {
    for (let at = Math.ceil(Math.max(start, now + STEP / 2) / STEP) * STEP; at < end; at += STEP) {
      if (at > now + DAYS * DAY) break
      const day = new Date(at * 1000).setHours(0, 0, 0, 0) / 1000
      found.set(day, [...(found.get(day) ?? []), at])
    }
  }
  return found
}

/** Where any time will do, nobody wants to be called at night. */
function daytime(now: number): CallTimes[] {
  return Array.from({ length: DAYS }, (_, ahead) => {
    const day = new Date(now * 1000)
    day.setDate(day.getDate() + ahead)
    return { start: day.setHours(8, 0, 0, 0) / 1000, end: day.setHours(20, 0, 0, 0) / 1000 }
  })
}

export function dayName(at: number, length: "long" | "short" = "long"): string {
  const format = { weekday: length, day: "numeric", month: length } as const
  return new Intl.DateTimeFormat(currentLanguage(), format).format(at * 1000)
}

/** True when the wait is long enough, or unknown, for a callback to be offered. */
export function offered(choice: CallbackChoice | null, view: SessionView): boolean {
  const { position } = view
  if (!choice || choice.offer_after === null || !position) return false
  return position.estimate === null || position.estimate >= choice.offer_after
}

/** *Call me back* below the place in the queue. */
export function callback(form: CallbackForm, view: SessionView, changed: () => void): Child {
  if (!form.open) {
    if (!offered(form.choice, view)) return null
    const show = () => {
      form.open = true
      changed()
    }
    return h(
      "button",
      { key: "callback", type: "button", class: "wide", onclick: show },
      icon("call"),
      t("callback.offer"),
    )
  }
  if (form.promise) return h("div", { key: "callback-promise", class: "stack" }, promise(form.promise, "h2"))
  return callbackForm(form, changed, { soon: t("callback.soon"), fold: t("callback.wait") })
}

/** `soon`: what it means to choose no time; `fold`: the other button. `more`: fields before the
 * number, the first of which takes the focus. */
export function callbackForm(
  form: CallbackForm,
  changed: () => void,
  words: { soon: string; fold: string },
  more: Child = null,
): View {
  const wrong = form.trouble?.field === "number"
  return h(
    "form",
    {
      key: "callback-form",
      class: "stack callback",
      "aria-label": t("callback.offer"),
      onsubmit: (event: Event) => {
        event.preventDefault()
        void form.send()
      },
    },
    h("b", null, t("callback.offer")),
    more,
    h(
      "label",
      null,
      t("callback.number"),
      h("input", {
        type: "tel",
        name: "tel",
        autocomplete: "tel",
        required: true,
        maxlength: "40",
        value: form.number,
        "aria-invalid": wrong ? "true" : null,
        "aria-describedby": "callback-number",
        created: (el: HTMLElement) => more === null && el.focus(),
        oninput: (event: Event) => {
          form.number = (event.currentTarget as HTMLInputElement).value
        },
      }),
    ),
    h("div", { id: "callback-number" }, wrong ? trouble(form) : null),
    h("fieldset", { class: "stack" }, h("legend", null, t("callback.when")), when(form, changed, words.soon)),
    wrong ? null : trouble(form),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "grow", onclick: () => fold(form, changed) }, words.fold),
      h("button", { type: "submit", class: "primary grow", disabled: form.sending }, t("callback.send")),
    ),
  )
}

function fold(form: CallbackForm, changed: () => void): void {
  form.open = false
  form.trouble = null
  changed()
}

function when(form: CallbackForm, changed: () => void, soon: string): View[] {
  const choose = (first: boolean) => () => {
    form.soon = first
    const days = form.days()
    if (!first && (form.at === null || !days.has(form.day ?? 0))) pick(form, [...days.keys()][0] ?? null)
    changed()
  }
  const option = (first: boolean, text: string) =>
    h(
      "label",
      { class: "option" },
      h("input", { type: "radio", name: "callback-when", checked: form.soon === first, onchange: choose(first) }),
      h("span", null, text),
    )
  const found = form.days()
  const days = form.soon ? null : found
  return [
    option(true, soon),
    ...(found.size > 0 || days ? [option(false, t("callback.at_time"))] : []),
    ...(days
      ? [
          h(
            "div",
            { class: "row" },
            select(
              t("callback.day"),
              [...days.keys()],
              form.day,
              (day) => dayName(day, "short"),
              (day) => {
                pick(form, day)
                changed()
              },
            ),
            select(t("callback.time"), days.get(form.day ?? 0) ?? [], form.at, clock, (at) => {
              form.at = at
              changed()
            }),
          ),
        ]
      : []),
  ]
}

function pick(form: CallbackForm, day: number | null): void {
  form.day = day
  form.at = form.days().get(day ?? 0)?.[0] ?? null
}

function select(
  label: string,
  values: readonly number[],
  chosen: number | null,
  name: (value: number) => string,
  choose: (value: number) => void,
): View {
  return h(
    "label",
    { class: "grow" },
    label,
    h(
      "select",
      {
        value: String(chosen ?? ""),
        onchange: (event: Event) => choose(Number((event.currentTarget as HTMLSelectElement).value)),
      },
      values.map((value) => h("option", { value: String(value), key: String(value) }, name(value))),
    ),
  )
}

function trouble(form: CallbackForm): View | null {
  const known = form.trouble
  if (!known) return null
  const own = { number: "callback.bad_number", at: "callback.bad_time" }[known.field ?? ""]
  const wait = known.retryAfter ? ` ${t("error.retry_after", { count: Math.ceil(known.retryAfter) })}` : ""
  return h("p", { class: "note bad", role: "alert" }, t(own ?? errorKey(known.code)) + wait)
}

/** What the customer was promised instead of waiting, as the log of the session says it. */
export function promised(view: SessionView): { reference: string; at: number | null } | null {
  const line = view.lines.find((one) => one.kind === "ended" && one.data?.reason === "callback")
  if (!line?.data) return null
  return { reference: line.data.reference ?? "", at: line.data.at ? Number(line.data.at) : null }
}

export function promise({ reference, at }: { reference: string; at: number | null }, heading: string): View[] {
  const time = at === null ? "" : clock(at)
  return [
    h(heading, { tabindex: "-1", "data-home": true }, t("callback.promised")),
    h(
      "p",
      { class: "note good", role: "status" },
      at === null ? t("callback.promised_soon") : t("callback.promised_at", { day: dayName(at), time }),
    ),
    // The queue itself may have decided it; then the session's own reference is the one that was told.
    ...(reference === "" ? [] : [h("p", { class: "note" }, t("callback.reference"), " ", h("b", null, reference))]),
    h("p", { class: "fine" }, t("callback.scam")),
  ]
}
