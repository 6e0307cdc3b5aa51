import { submits } from "./fields"
import type { Rules } from "./parts"
import { closest, isHtml } from "./place"

const MARKED = "[data-deskside-risky]"
/** A rule that stands for every way to submit a form. */
const SUBMITS = "[type=submit]"

/** How an act sets something off: by a press, by Enter, or not at all. */
export type Way = "press" | "enter" | "none"

/** What the company marks as risky: an agent's act on it asks the customer each time. */
export class Risk {
  readonly #selectors: readonly string[]
  readonly #submits: boolean

  constructor(rules: Rules, root: Document = document) {
    this.#selectors = [MARKED, ...rules.risky.filter((one) => parses(one, root))]
    this.#submits = rules.risky.includes(SUBMITS)
  }

  /** The risky element that the act is on, or that it would set off; null when there is none. */
  of(element: Element, way: Way): Element | null {
    const own = this.#around(element)
    if (own || way === "none") return own
    const label = closest(element, "label") as HTMLLabelElement | null
    const control = label?.control ? this.#around(label.control) : null
    if (control) return control
    for (const one of label?.control ? [element, label.control] : [element]) {
      const sent = (way === "enter" ? submits(one) : null) ?? submitter(one)
      if (sent && (this.#submits || this.#around(sent))) return sent
    }
    return null
  }

  #around(element: Element): Element | null {
    for (const selector of this.#selectors) {
      const found = closest(element, selector)
      if (found) return found
    }
    return null
  }
}

/** The button in or around which this is, and which submits a form. */
function submitter(element: Element): HTMLElement | null {
  const button = closest(element, "button,input") as HTMLButtonElement | null
  return button?.form && /^(submit|image)$/.test(button.type) ? button : null
}

/** What the element says it does, for the question. */
export function nameOf(element: Element): string {
  const own = isHtml(element, "input") ? (element as HTMLInputElement).value : (element as HTMLElement).innerText
  return (element.getAttribute("aria-label") ?? own ?? "").trim().replace(/\s+/g, " ").slice(0, 60)
}

function parses(selector: string, root: Document): boolean {
  try {
    root.createDocumentFragment().querySelector(selector)
    return true
  } catch {
    return false
  }
}
