import { WINDOW } from "../join/style"
import { sheet } from "../ui/dom"
import { renderKeepingFocus } from "../ui/focus"
import { PARTS } from "../ui/style"
import { currentLanguage, t } from "../ui/text"
import { TOKENS } from "../ui/tokens"
import { isPhone, type Platform, platform, tokenOf } from "../wire/program"
import { PAGE } from "./style"
import "./texts"
import { type Boot, type Copied, clientView, type PageModel, type Part } from "./views"

const COPIED_MS = 2000

/** The page of the native client, at `/client`. A link's token stays in the fragment: nothing is asked of the server. */
export class ClientPage extends HTMLElement implements PageModel {
  readonly boot: Boot = written()
  readonly origin = location.origin
  readonly phone = isPhone()
  platform: Platform = platform()
  token: string | null = null
  broken = false
  copied: Copied = null
  readonly #root: ShadowRoot
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.#root = this.attachShadow({ mode: "open" })
    this.#root.adoptedStyleSheets = [sheet(TOKENS), sheet(PARTS), sheet(WINDOW), sheet(PAGE)]
  }

  connectedCallback(): void {
    this.setAttribute("lang", currentLanguage())
    document.title = `${this.boot.company} · ${t("client_page.title")}`
    addEventListener("hashchange", this.#read)
    this.#read()
  }

  disconnectedCallback(): void {
    removeEventListener("hashchange", this.#read)
    clearTimeout(this.#timer)
  }

  choose(chosen: Platform): void {
    this.platform = chosen
    this.#update()
  }

  async copy(part: Part, text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      this.copied = { part, done: true }
    } catch {
      this.copied = { part, done: false }
    }
    this.#update()
    clearTimeout(this.#timer)
    if (!this.copied.done) return
    this.#timer = setTimeout(() => {
      this.copied = null
      this.#update()
    }, COPIED_MS)
  }

  /** Also when another link is pasted into the same tab. */
  #read = (): void => {
    this.token = tokenOf(location.hash)
    this.broken = location.hash.length > 1 && this.token === null
    this.copied = null
    this.#update()
  }

  #update(): void {
    renderKeepingFocus(this.#root, clientView(this))
  }
}

/** What the server wrote into the page. */
function written(): Boot {
  const text = document.getElementById("boot")?.textContent
  return { company: "", wheel: "", download: null, ...(text ? (JSON.parse(text) as Partial<Boot>) : {}) }
}
