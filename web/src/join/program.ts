import type { ClientLink, Grant } from "../contract/messages"
import { type Child, h, type View } from "../ui/dom"
import { closeModal, openModal } from "../ui/focus"
import { firstName, spaced } from "../ui/format"
import { initials } from "../ui/initials"
import { errorKey } from "../ui/parts/chat"
import { has, t } from "../ui/text"
import { Refused } from "../wire/control"
import { person } from "../wire/derive"
import type { Api } from "../wire/http"
import { fetched, isPhone, linkOf, platform, startOf } from "../wire/program"
import type { SessionView } from "../wire/view"
import "./texts"

const COPIED_MS = 2000
type Part = "command" | "number" | "link"

/** How the customer gets the native client: a link and a number that let it into this session, once. */
export class Program {
  made: ClientLink | null = null
  trouble: string | null = null
  /** What was copied last, for a moment; `failed`: the browser did not let it. */
  copied: Part | "failed" | null = null
  readonly #api: Api
  readonly #now: () => number
  readonly #changed: () => void
  #making = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #expiry: ReturnType<typeof setTimeout> | undefined

  /** `now`: server time, in seconds. */
  constructor(api: Api, now: () => number, changed: () => void) {
    this.#api = api
    this.#now = now
    this.#changed = changed
  }

  get link(): string {
    return this.made ? linkOf(this.made, this.#api.base) : ""
  }

  get command(): string {
    const { base } = this.#api
    return this.made ? startOf(fetched(base, this.made.wheel), base) : ""
  }

  /** As soon as it is needed; again only when the last one has run out. */
  want(): void {
    if (this.#making || this.trouble || (this.made && this.made.expires_at > this.#now())) return
    void this.make()
  }

  async make(): Promise<void> {
    if (this.#making) return
    this.#making = true
    this.trouble = null
    try {
      this.made = await this.#api.post<ClientLink>("/session/client")
      clearTimeout(this.#expiry)
      this.#expiry = setTimeout(this.#changed, (this.made.expires_at - this.#now()) * 1000 + 500)
    } catch (error) {
      this.made = null
      this.trouble = error instanceof Refused ? error.code : "server_error"
    } finally {
      this.#making = false
      this.#changed()
    }
  }

  /** It was used up, or is not wanted: the next time there is another. */
  forget(): void {
    this.made = this.trouble = null
  }

  async copy(part: Part): Promise<void> {
    const text = { command: this.command, number: this.made?.number ?? "", link: this.link }[part]
    this.copied = await navigator.clipboard.writeText(text).then(
      () => part,
      () => "failed" as const,
    )
    this.#changed()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.copied !== "failed") this.copied = null
      this.#changed()
    }, COPIED_MS)
  }

  close(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#expiry)
  }
}

export interface OfferProps {
  view: SessionView
  grant: Grant
  program: Program
  onNo: () => void
}

/** Who asks for what, that it takes a program, and how to get it. *No, thanks* has the first focus. */
export function offer({ view, grant, program, onNo }: OfferProps): View {
  const asker = person(view, grant.holder)
  const full = asker?.name ?? t("agent")
  const vars = { name: firstName(full), company: view.session.company }
  const id = `client-${grant.id}`
  const points = ["1", "2", "3"].map((n) => `ask.${grant.capability}.point${n}`).filter(has)
  return h(
    "dialog",
    {
      key: id,
      class: "card ask",
      "aria-labelledby": id,
      "aria-describedby": `${id}-what`,
      created: openModal,
      removed: closeModal,
      oncancel: (event: Event) => {
        event.preventDefault()
        onNo()
      },
    },
    h(
      "div",
      { class: "stack" },
      h(
        "div",
        { class: "row" },
        h("span", { class: "face", "aria-hidden": "true" }, initials(full)),
        h("div", { class: "grow wrap" }, h("b", null, full), h("div", { class: "fine" }, from(view))),
      ),
      h("h2", { id }, t(`ask.${has(`ask.${grant.capability}.title`) ? grant.capability : "other"}.title`, vars)),
      h(
        "ul",
        { class: "points muted", id: `${id}-what` },
        points.map((key) => h("li", { key }, t(key, vars))),
      ),
      h("p", { class: "note" }, t(isPhone() ? "client.phone" : "client.needed")),
      isPhone() ? null : ways(program),
      h(
        "button",
        { type: "button", class: "wide staying", created: (el) => el.focus(), onclick: onNo },
        t("client.no"),
      ),
      h("p", { class: "fine" }, t("ask.no_harm")),
    ),
  )
}

const from = (view: SessionView) => [view.session.company, view.session.queue_name].filter(Boolean).join(", ")

function ways(program: Program): Child {
  const { made, trouble } = program
  if (trouble) {
    return h(
      "div",
      { key: "again", class: "note wait row", role: "alert" },
      h("span", { class: "grow" }, t(errorKey(trouble))),
      h("button", { type: "button", onclick: () => void program.make() }, t("again")),
    )
  }
  if (!made) return h("p", { class: "muted", role: "status" }, t("client.wait"))
  return [
    h(
      "label",
      { key: "command" },
      t("client.command"),
      h("input", { readonly: true, class: "code", value: program.command, onfocus: select }),
    ),
    h("p", { key: "terminal", class: "fine" }, t(`client.terminal_${platform()}`)),
    copyButton(program, "command", true),
    h("p", { key: "started", class: "fine" }, t("client.started")),
    h("output", { key: "number", class: "number wide", "aria-label": t("client.number") }, spaced(made.number)),
    h("div", { key: "others", class: "row" }, copyButton(program, "number"), copyButton(program, "link")),
    h("p", { key: "said", class: "fine", role: "status" }, said(program)),
    h(
      "p",
      { key: "about", class: "row" },
      h("a", { href: program.link, target: "_blank", rel: "noopener noreferrer" }, t("client.about")),
    ),
  ]
}

function said({ copied }: Program): string {
  if (copied === null) return ""
  return t(copied === "failed" ? "client.not_copied" : "client.copied")
}

function copyButton(program: Program, part: Part, first = false): View {
  return h(
    "button",
    {
      key: `copy-${part}`,
      type: "button",
      class: first ? "primary wide" : "grow",
      onclick: () => void program.copy(part),
    },
    t(program.copied === part ? "client.copied" : `client.copy_${part}`),
  )
}

const select = (event: Event) => (event.currentTarget as HTMLInputElement).select()
