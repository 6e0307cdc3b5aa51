import type { ViewMode } from "../page/port"
import type { Spot } from "./places"
import { STYLE } from "./style"
import { t } from "./text"

/** What is shown instead of a page. */
export type Note = "waiting" | "loading" | "hidden" | "paused" | "alarm" | "ended" | "broken" | "cut"

function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = className
  return made
}

/**
 * Where the page stands: a frame of the customer's window, scaled to ours and in the middle of it. Everything is in CSS
 * pixels, so the screens' densities do not matter.
 */
export class Stage {
  /** The customer's page; never focused, never clicked. */
  readonly frame = document.createElement("iframe")
  /** Over it: takes all that the person does. */
  readonly shield = make("div", "shield")
  /** As large as the page is shown; marks, hints and the field for keys stand in it. */
  readonly sheet = make("div", "sheet")
  scale = 1
  width = 1280
  height = 720
  readonly #stage = make("main", "stage")
  readonly #note = make("div", "note")
  readonly #bar = make("div", "bar")
  readonly #said = make("div", "said")
  readonly #resized: () => void
  #fit = true
  #name = ""
  #shown: Note | null = "waiting"

  /** `resized`: the scale is another. */
  constructor(resized: () => void) {
    this.#resized = resized
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    document.adoptedStyleSheets = [sheet]
    // Without `allow-scripts` nothing in it can run, whatever gets in.
    this.frame.setAttribute("sandbox", "allow-same-origin")
    this.frame.tabIndex = -1
    this.shield.tabIndex = -1
    this.#said.setAttribute("aria-live", "polite")
    this.#note.setAttribute("role", "status")
    this.#bar.hidden = true
    this.sheet.append(this.frame, this.shield)
    this.#stage.append(this.sheet)
    document.body.append(this.#stage, this.#bar, this.#note, this.#said)
    // Tells of the first size as well, when everything stands.
    new ResizeObserver(() => this.layout()).observe(this.#stage)
    this.note("waiting")
  }

  mode(mode: ViewMode): void {
    this.#fit = mode.scale === "fit"
    this.#name = mode.customer.name || t("somebody")
    document.documentElement.toggleAttribute("data-dark", mode.dark)
    this.#stage.dataset.scale = mode.scale
    this.#stage.setAttribute("aria-label", t("region", this.#name))
    this.frame.title = t("region", this.#name)
    this.shield.dataset.tool = mode.tool
    this.shield.toggleAttribute("data-control", mode.control)
    this.note(this.#shown)
    this.layout()
  }

  /** The customer's window has this size. */
  resize(width: number, height: number): void {
    this.width = width
    this.height = height
    this.layout()
  }

  layout(): void {
    const { clientWidth, clientHeight } = this.#stage
    const fits = Math.min(clientWidth / this.width, clientHeight / this.height, 1)
    const scale = this.#fit && fits > 0 ? fits : 1
    this.frame.style.width = `${this.width}px`
    this.frame.style.height = `${this.height}px`
    this.frame.style.transform = scale === 1 ? "none" : `scale(${scale})`
    this.sheet.style.width = `${this.width * scale}px`
    this.sheet.style.height = `${this.height * scale}px`
    if (scale === this.scale) return
    this.scale = scale
    this.#resized()
  }

  /** Instead of the page; null: the page itself. */
  note(note: Note | null): void {
    this.#shown = note
    this.#note.hidden = note === null
    this.#stage.inert = note !== null
    this.#stage.style.visibility = note === null ? "visible" : "hidden"
    if (note === null) return
    const head = document.createElement("h1")
    head.textContent = t(`state.${note}`, this.#name)
    const text = document.createElement("p")
    text.textContent = t(`state.${note}_text`, this.#name)
    this.#note.replaceChildren(...(note === "loading" ? [bones()] : []), head, text)
  }

  /** Part of the page is there, the rest is on its way. */
  partial(is: boolean): void {
    this.#bar.hidden = !is
  }

  /** For those who do not see it. */
  say(text: string): void {
    this.#said.textContent = text
  }

  /** A place of an event, on the customer's page. */
  spot(event: { clientX: number; clientY: number }): Spot {
    const box = this.sheet.getBoundingClientRect()
    return { x: (event.clientX - box.x) / this.scale, y: (event.clientY - box.y) / this.scale }
  }
}

function bones(): HTMLElement {
  const made = make("div", "bones")
  made.append(...[0, 1, 2, 3].map(() => document.createElement("i")))
  made.setAttribute("aria-hidden", "true")
  return made
}
