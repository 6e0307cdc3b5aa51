import { submits } from "./fields"
import type { Rules } from "./parts"
import { closest, isHtml } from "./place"

const MARKED = "[data-deskside-risky]"

/** What the company marks as risky: an agent's act on it asks the customer each time. */
export class Risk {
  readonly #selectors: readonly string[]

  constructor(rules: Rules, root: Document = document) {
    this.#selectors = [MARKED, ...rules.risky.filter((one) => parses(one, root))]
  }

  /** The risky element that the act is on, or that it would set off; null when there is none. */
  of(element: Element, submitting = false): Element | null {
    const own = this.#around(element)
    if (own) return own
    const label = closest(element, "label") as HTMLLabelElement | null
    const labelled = label?.control ? this.#around(label.control) : null
    if (labelled || !submitting) return labelled
    const sent = submits(element)
    return sent ? this.#around(sent) : null
  }

  #around(element: Element): Element | null {
    for (const selector of this.#selectors) {
      const found = closest(element, selector)
      if (found) return found
    }
    return null
  }
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
