import type { FileInfo, Line } from "../../contract/messages"
import { person, readable, shared } from "../../wire/derive"
import type { TokenStore } from "../../wire/tokens"
import type { UploadState } from "../../wire/upload"
import type { SessionView } from "../../wire/view"
import type { Draft, Visit } from "../../wire/visit"
import { h, type View } from "../dom"
import { bytes, clock, firstName, names } from "../format"
import { icon } from "../icons"
import { has, t } from "../text"

export const CHAT_LIMIT = 4000

/** What is typed and not sent, and what became of downloads. Kept by the page, so that nothing is lost on the way. */
export interface ChatState {
  text: string
  /** Refusal of a download or a file, as a code. */
  trouble: string | null
}

/** With what was being typed when the page went. */
export function openChat(store: TokenStore): ChatState {
  return { text: store.value?.typed ?? "", trouble: null }
}

interface ChatProps {
  visit: Visit
  view: SessionView
  state: ChatState
  changed: () => void
}

export function chat({ visit, view, state, changed }: ChatProps): View {
  const writing = visit.writing.map((id) => firstName(person(view, id)?.name ?? t("agent")))
  const over = view.session.state === "ended"
  return h(
    "section",
    { key: "chat", class: "chat", "aria-label": t("chat.title") },
    h(
      "div",
      {
        class: "lines",
        role: "log",
        "aria-live": "polite",
        "aria-label": t("chat.title"),
        tabindex: "0",
        created: follow,
      },
      timeline(view).map((item) =>
        item.line ? line(view, item.line) : fileCard(visit, view, item.file, state, changed),
      ),
      visit.drafts.map((draft) => drafted(visit, draft)),
      visit.uploads.map((upload) => uploading(visit, upload)),
    ),
    h("div", { class: "fine", role: "status" }, writing.length > 0 ? t("chat.writing", { name: names(writing) }) : ""),
    trouble(state, changed),
    over ? null : compose(visit, state, changed),
  )
}

type Item = { at: number; line: Line; file?: never } | { at: number; file: FileInfo; line?: never }

/** Lines and files in the order of time; a file that is still on its way from here has its own card. */
export function timeline(view: SessionView): Item[] {
  const files = shared(view).filter((f) => f.state !== "uploading" || f.sender !== view.you)
  return [
    ...readable(view).map((one) => ({ at: one.at, line: one })),
    ...files.map((file) => ({ at: file.created_at, file })),
  ].sort((a, b) => a.at - b.at)
}

function line(view: SessionView, one: Line): View | null {
  if (one.kind === "chat") {
    const mine = one.by === view.you
    return h(
      "div",
      { key: one.id, class: `said${mine ? " mine" : ""}` },
      h("span", { class: "by" }, `${mine ? t("you") : one.by_name} · ${clock(one.at)}`),
      linked(one.text ?? ""),
    )
  }
  const text = sentence(view, one)
  return text ? h("div", { key: one.id, class: "event" }, `${text} · ${clock(one.at)}`) : null
}

/** A line of the log as a sentence; null for what a customer need not read. */
export function sentence(view: SessionView, one: Line): string | null {
  const capability = one.data?.capability ?? ""
  // Of the whole desktop there is nothing to add to the line before.
  if (one.kind === "sharing" && !one.data?.name) return null
  const variety = capability || varietyOf(one)
  const mine = one.by === view.you ? "_me" : ""
  const candidates = [`line.${one.kind}_${variety}${mine}`, `line.${one.kind}${mine}`, `line.${one.kind}`]
  const key = candidates.find(has)
  if (!key) return null
  const what = has(`what.${capability}`) ? t(`what.${capability}`) : ""
  const called = one.data?.name ?? ""
  return t(key, { ...one.data, called, name: one.by_name || t("agent"), what, company: view.session.company })
}

/** What was done in a folder, or what is shown. */
function varietyOf({ kind, data }: Line): string {
  if (kind === "folder") return data?.act === "list" && !data.place ? "roots" : (data?.act ?? "")
  return kind === "sharing" ? (data?.what ?? "") : ""
}

const ADDRESS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}])/g

/** Addresses become links that lead nowhere but there; everything else stays text. */
function linked(text: string): (View | string)[] {
  return text
    .split(ADDRESS)
    .map((part, index) =>
      index % 2 === 1 ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part,
    )
}

function drafted(visit: Visit, draft: Draft): View {
  const failed = draft.state === "failed"
  return h(
    "div",
    { key: draft.key, class: `said mine${failed ? " failed" : ""}` },
    h("span", { class: "by" }, failed ? t(errorKey(draft.code)) : t("chat.sending")),
    draft.text,
    failed ? h("button", { type: "button", class: "link", onclick: () => visit.retry(draft.key) }, t("again")) : null,
  )
}

function fileCard(visit: Visit, view: SessionView, file: FileInfo, state: ChatState, changed: () => void): View {
  const mine = file.sender === view.you
  const arrived = visit.progress.get(file.id) ?? 0
  return h(
    "div",
    { key: file.id, class: `file${mine ? " mine" : ""}` },
    h("div", { class: "name" }, file.name),
    h(
      "div",
      { class: "fine" },
      t(`file.${file.state}${mine && file.state === "ready" ? "_me" : ""}`, {
        size: bytes(file.size),
        name: senderName(view, file),
      }),
    ),
    file.state === "uploading" ? bar(arrived, file.size) : null,
    file.state === "ready"
      ? h(
          "button",
          {
            type: "button",
            "aria-label": t("file.get_name", { name: file.name }),
            onclick: () => fetchFile(visit, file, state, changed),
          },
          icon("down"),
          t("file.get"),
        )
      : null,
  )
}

/** In a click: to the browser's downloads; what goes wrong is said by `trouble`. */
export function fetchFile(visit: Visit, file: FileInfo, state: ChatState, changed: () => void): void {
  state.trouble = null
  visit.download(file).catch((error: { code?: string }) => {
    state.trouble = error.code ?? "server_error"
    changed()
  })
}

function senderName(view: SessionView, file: FileInfo): string {
  return firstName(person(view, file.sender)?.name ?? t("agent"))
}

function uploading(visit: Visit, upload: UploadState): View {
  const failed = upload.state === "failed"
  const about = failed
    ? t(errorKey(upload.code))
    : upload.state === "waiting"
      ? t("file.waiting")
      : t("file.sending", { sent: bytes(upload.sent), size: bytes(upload.size) })
  return h(
    "div",
    { key: upload.key, class: "file mine" },
    h("div", { class: "name" }, upload.name),
    h("div", { class: failed ? "note bad" : "fine", role: failed ? "alert" : null }, about),
    failed ? null : bar(upload.sent, upload.size),
    h(
      "button",
      { type: "button", onclick: () => visit.cancelUpload(upload.key) },
      failed ? t("file.remove") : t("file.cancel"),
    ),
  )
}

function bar(done: number, all: number): View {
  const part = all > 0 ? Math.round((100 * done) / all) : 0
  return h(
    "div",
    {
      class: "bar",
      role: "progressbar",
      "aria-label": t("file.progress"),
      "aria-valuenow": part,
      "aria-valuemin": 0,
      "aria-valuemax": 100,
    },
    h("i", { vars: { "--part": `${part}%` } }),
  )
}

export function trouble(state: ChatState, changed: () => void): View | null {
  if (!state.trouble) return null
  const close = () => {
    state.trouble = null
    changed()
  }
  return h(
    "div",
    { key: "trouble", class: "note bad row", role: "alert" },
    h("span", { class: "grow" }, t(errorKey(state.trouble))),
    h("button", { type: "button", class: "quiet icon-only", "aria-label": t("close"), onclick: close }, icon("close")),
  )
}

export function errorKey(code: string | undefined): string {
  return has(`error.${code}`) ? `error.${code}` : "error.server_error"
}

function compose(visit: Visit, state: ChatState, changed: () => void): View {
  const send = () => {
    const text = state.text.trim()
    if (text === "") return
    // What is too long for one message goes out as several.
    for (const piece of pieces(text, CHAT_LIMIT)) visit.say(piece)
    state.text = ""
    visit.typed("")
    changed()
  }
  const choose = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement
    for (const file of input.files ?? []) visit.sendFile(file)
    input.value = ""
  }
  return h(
    "form",
    {
      class: "compose",
      onsubmit: (event: Event) => {
        event.preventDefault()
        send()
      },
    },
    h("input", {
      type: "file",
      hidden: true,
      multiple: true,
      tabindex: "-1",
      onchange: choose,
      "aria-label": t("chat.file"),
    }),
    h(
      "button",
      {
        type: "button",
        class: "quiet icon-only",
        "aria-label": t("chat.file"),
        title: t("chat.file"),
        onclick: (event: Event) => ((event.currentTarget as HTMLElement).previousElementSibling as HTMLElement).click(),
      },
      icon("clip"),
    ),
    h(
      "label",
      null,
      h("span", { class: "sr" }, t("chat.message")),
      h("textarea", {
        class: "plain",
        "data-home": true,
        rows: "1",
        value: state.text,
        placeholder: t("chat.placeholder"),
        maxlength: "20000",
        oninput: (event: Event) => {
          state.text = (event.currentTarget as HTMLTextAreaElement).value
          visit.typed(state.text)
        },
        onkeydown: (event: KeyboardEvent) => {
          event.stopPropagation()
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        },
      }),
    ),
    h(
      "button",
      { type: "submit", class: "primary icon-only", "aria-label": t("chat.send"), title: t("chat.send") },
      icon("send"),
    ),
  )
}

/** Cuts a long text, at a space where there is one, never inside a character. */
export function pieces(text: string, limit: number): string[] {
  const out: string[] = []
  let rest = text
  while (rest.length > limit) {
    const space = rest.lastIndexOf(" ", limit)
    let at = space > limit / 2 ? space : limit
    if (/[\uD800-\uDBFF]/.test(rest[at - 1] ?? "")) at--
    out.push(rest.slice(0, at))
    rest = rest.slice(at).trimStart()
  }
  return rest ? [...out, rest] : out
}

/** Stay at the newest line while the reader is there; leave them in peace further up. */
function follow(element: HTMLElement): void {
  let low = true
  element.addEventListener("scroll", () => {
    low = element.scrollHeight - element.scrollTop - element.clientHeight < 60
  })
  const down = () => {
    if (low) element.scrollTop = element.scrollHeight
  }
  new MutationObserver(down).observe(element, { childList: true, subtree: true })
  new ResizeObserver(down).observe(element)
  down()
}
