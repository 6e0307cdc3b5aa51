import { type Child, h, type View } from "../ui/dom"
import { bytes } from "../ui/format"
import { icon } from "../ui/icons"
import { currentLanguage, LANGUAGES, t } from "../ui/text"
import { fetched, type Platform, startOf } from "../wire/program"

export interface Boot {
  company: string
  /** Of the program, with its digest. */
  wheel: string
  /** The client as one file for Linux, where the installation offers it; `size` in bytes. */
  download: { path: string; size: number; sha256: string } | null
}

export type Part = "command" | "file" | "link"

/** What was copied last, for a moment; not `done`: the browser did not let it. */
export type Copied = { part: Part; done: boolean } | null

export interface PageModel {
  readonly boot: Boot
  readonly origin: string
  /** The client runs on computers alone. */
  readonly phone: boolean
  platform: Platform
  /** Of the link by which one came. */
  token: string | null
  /** There is something in the fragment, and it is no token. */
  broken: boolean
  copied: Copied
  choose(platform: Platform): void
  copy(part: Part, text: string): Promise<void>
}

const NAMES: Record<Platform, string> = { linux: "Linux", windows: "Windows", mac: "macOS" }
/** Brings pipx. */
const SETUP: Record<Platform, string> = {
  linux: "sudo apt install pipx",
  windows: "py -m pip install --user pipx; py -m pipx ensurepath",
  mac: "brew install pipx; pipx ensurepath",
}

export function clientView(page: PageModel): View {
  const { company } = page.boot
  return h(
    "main",
    { class: "center pair" },
    h(
      "div",
      { class: "card stack" },
      h("p", { class: "company" }, company),
      h("h1", null, t("client_page.title")),
      h("p", { class: "muted" }, t("client_page.about")),
      h("p", { class: "scam" }, h("b", null, t("client_page.scam_title")), t("client_page.scam"), " ", t("scam.text")),
      page.phone ? h("p", { class: "note wait" }, t("client.phone")) : ways(page),
      languages(page.token),
    ),
    h(
      "div",
      { class: "card stack" },
      list("does", ["asks", "control", "names", "stop"]),
      list("does_not", ["before", "stays", "rights", "files"]),
      h(
        "section",
        { class: "stack part" },
        h("h2", null, t("client_page.forbidden.title")),
        h("p", null, t("client_page.forbidden.ask")),
        page.boot.download && !page.phone ? h("p", null, t("client_page.forbidden.file")) : null,
        h("p", null, t("client_page.forbidden.instead", { button: t("call.share") })),
      ),
    ),
  )
}

function list(key: string, points: string[]): Child {
  return [
    h("h2", null, t(`client_page.${key}.title`)),
    h(
      "ul",
      { class: "points" },
      points.map((point) => h("li", null, t(`client_page.${key}.${point}`))),
    ),
  ]
}

function ways(page: PageModel): Child {
  const command = startOf(fetched(page.origin, page.boot.wheel), page.origin)
  return [
    page.broken ? h("p", { key: "broken", class: "note bad", role: "alert" }, t("client_page.broken")) : null,
    h(
      "section",
      { key: "start", class: "stack part" },
      h("h2", null, t("client_page.start")),
      choice(page),
      page.platform === "linux"
        ? null
        : h(
            "p",
            { key: "unverified", class: "note wait" },
            t("client_page.unverified", { platform: NAMES[page.platform] }),
          ),
      field(t("client.command"), command),
      copyButton(page, "command", command),
      h("p", { key: "terminal", class: "fine" }, t(`client.terminal_${page.platform}`)),
      h("p", { key: "link", class: "fine" }, t(page.token ? "client_page.with_link" : "client_page.with_number")),
      page.token ? copyButton(page, "link", `${page.origin}/client#${page.token}`) : null,
      h("p", { key: "checked", class: "fine" }, t("client_page.checked")),
      h("p", { key: "needs", class: "fine" }, t(`client_page.needs_${page.platform}`)),
      h(
        "details",
        { key: "setup" },
        h("summary", null, t("client_page.setup")),
        h("p", { class: "fine" }, t("client_page.setup_text")),
        h("code", { class: "code" }, SETUP[page.platform]),
      ),
    ),
    page.platform === "linux" && page.boot.download ? file(page, page.boot.download) : null,
  ]
}

function choice(page: PageModel): View {
  return h(
    "fieldset",
    { key: "platform" },
    h("legend", null, t("client_page.platform")),
    h(
      "div",
      { class: "platforms" },
      (Object.keys(NAMES) as Platform[]).map((platform) =>
        h(
          "label",
          { key: platform, class: "option" },
          h("input", {
            type: "radio",
            name: "platform",
            checked: page.platform === platform,
            onchange: () => page.choose(platform),
          }),
          NAMES[platform],
        ),
      ),
    ),
  )
}

/** For computers on which no Python is. */
function file(page: PageModel, download: NonNullable<Boot["download"]>): View {
  const command = `chmod +x rs-client && ${startOf("./rs-client", page.origin)}`
  return h(
    "section",
    { key: "file", class: "stack part" },
    h("h2", null, t("client_page.file.title")),
    h("p", { class: "fine" }, t("client_page.file.text")),
    h(
      "a",
      { class: "button wide", href: download.path, download: "rs-client" },
      icon("down"),
      t("client_page.file.get", { size: bytes(download.size) }),
    ),
    h("p", { class: "fine" }, t("client_page.file.digest")),
    h("code", { class: "code", "aria-label": "SHA-256" }, download.sha256),
    field(t("client_page.file.command"), command),
    copyButton(page, "file", command),
  )
}

function field(label: string, command: string): View {
  return h(
    "label",
    null,
    label,
    h("textarea", {
      readonly: true,
      class: "code",
      rows: "3",
      spellcheck: "false",
      value: command,
      onfocus: (event: Event) => (event.currentTarget as HTMLTextAreaElement).select(),
    }),
  )
}

function copyButton(page: PageModel, part: Part, command: string): Child {
  const copied = page.copied?.part === part ? page.copied : null
  return [
    h(
      "button",
      {
        key: `copy-${part}`,
        type: "button",
        class: part === "command" ? "primary wide" : "wide",
        onclick: () => void page.copy(part, command),
      },
      t(copied?.done ? "client.copied" : part === "link" ? "client.copy_link" : "client.copy_command"),
    ),
    // Seen only when it says more than the button.
    h(
      "p",
      { key: `said-${part}`, class: copied && !copied.done ? "fine" : "sr", role: "status" },
      copied ? t(copied.done ? "client.copied" : "client.not_copied") : "",
    ),
  ]
}

/** The other languages, each in its own words; the link by which one came is kept. */
function languages(token: string | null): View {
  const name = (code: string) => new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code
  return h(
    "p",
    { class: "fine row languages" },
    LANGUAGES.filter((code) => code !== currentLanguage()).map((code) =>
      h(
        "a",
        { href: `?lang=${code}${token ? `#${token}` : ""}`, lang: code, hreflang: code },
        name(code).replace(/^./, (first) => first.toUpperCase()),
      ),
    ),
  )
}
