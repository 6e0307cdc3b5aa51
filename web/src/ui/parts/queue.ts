import type { QueuePosition } from "../../contract/messages"
import { h, type View } from "../dom"
import { wait } from "../format"
import { t } from "../text"

export interface QueueProps {
  position: QueuePosition | null
  /** Seconds waited so far. */
  waited: number
  children?: View[]
  /** Level of its heading: in a page of the company below its own, in our window the first. */
  heading?: "h1" | "h2"
}

/** Place in line, estimate in plain words, and how far it is. */
export function queue({ position, waited, children, heading = "h2" }: QueueProps): View {
  const left = position?.estimate ?? null
  const part = left === null ? 0.08 : Math.min(0.96, Math.max(0.04, waited / Math.max(1, waited + left)))
  const title = position
    ? t(position.position <= 1 ? "queue.next" : "queue.number", { count: position.position })
    : t("queue.looking")
  return h(
    "section",
    { key: "queue", class: "stack", "aria-label": t("queue.title") },
    h(
      "div",
      { role: "status" },
      h(heading, { tabindex: "-1", "data-home": true }, title),
      h("p", { class: "muted" }, wait(left)),
    ),
    h("div", { class: "bar", "aria-hidden": "true" }, h("i", { vars: { "--part": `${Math.round(part * 100)}%` } })),
    children ?? [],
  )
}
