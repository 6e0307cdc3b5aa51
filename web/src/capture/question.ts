import { keepInSight } from "../ui/sight"
import type { Layer } from "./layer"
import type { Host } from "./parts"

export type Answer = "yes" | "no" | "unanswered"

const SECONDS = 30
/** A key or click that was meant for the page answers nothing. */
const DEAF_MS = 600

/** Ask the person at the page whether staff may do this one thing. */
export class Question {
  readonly #host: Host
  readonly #layer: Layer
  #close: ((answer: Answer) => void) | null = null

  constructor(host: Host, layer: Layer) {
    this.#host = host
    this.#layer = layer
  }

  ask(name: string, what: string): Promise<Answer> {
    const text = (key: string) => this.#host.text(key, { name, what })
    const shown = performance.now()
    const back = document.activeElement as HTMLElement | null
    return new Promise((resolve) => {
      const dialog = document.createElement("dialog")
      dialog.setAttribute("role", "alertdialog")
      dialog.setAttribute("aria-labelledby", "title")
      dialog.setAttribute("aria-describedby", "text")
      const over = new AbortController()
      const timer = setTimeout(() => close("unanswered"), SECONDS * 1000)
      const close = (answer: Answer) => {
        clearTimeout(timer)
        over.abort()
        this.#close = null
        dialog.close()
        dialog.remove()
        if (back?.isConnected) back.focus({ preventScroll: true })
        resolve(answer)
      }
      const button = (label: string, answer: Answer) => {
        const made = document.createElement("button")
        made.type = "button"
        made.textContent = label
        made.addEventListener("click", (event) => {
          // Only a person answers, and only who has had time to read.
          if (event.isTrusted && performance.now() - shown > DEAF_MS) close(answer)
        })
        return made
      }
      const title = Object.assign(document.createElement("h2"), { id: "title", textContent: text("page.risk.title") })
      const body = Object.assign(document.createElement("p"), {
        id: "text",
        textContent: text(what ? "page.risk.named" : "page.risk.text"),
      })
      const row = document.createElement("div")
      const no = button(text("page.risk.no"), "no")
      const yes = button(text("page.risk.yes"), "yes")
      yes.className = "primary"
      row.append(no, yes)
      dialog.append(title, body, row)
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault()
        if (event.isTrusted) close("no")
      })
      this.#close = close
      this.#layer.show()
      this.#layer.root.append(dialog)
      keepInSight(dialog, over.signal)
      dialog.showModal()
      no.focus()
    })
  }

  /** The question goes; it counts as not answered. */
  withdraw(): void {
    this.#close?.("unanswered")
  }
}
