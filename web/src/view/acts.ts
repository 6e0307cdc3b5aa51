import type { Op, PageOutcome, PageReason } from "../page/acts"
import type { Box, Spot } from "./places"
import type { Stage } from "./stage"
import { t } from "./text"

/** An answer that comes sooner needs no sign that it is awaited. */
const SPINNER_MS = 150
const REFUSAL_MS = 4000
/** The server answers within 30 s, unless a customer is asked. */
const FORGET_MS = 180_000

type Kind = "pending" | "asking" | "refused"

/** Beside the place that it is about. */
class Hint {
  readonly #element = document.createElement("div")
  #timer = 0

  constructor(stage: Stage, { x, y }: Spot) {
    this.#element.className = "hint"
    const [left, top] = [x * stage.scale + 12, y * stage.scale + 12]
    this.#element.style.left = `${Math.max(0, Math.min(left, stage.width * stage.scale - 200))}px`
    this.#element.style.top = `${Math.max(0, Math.min(top, stage.height * stage.scale - 40))}px`
    this.#element.hidden = true
    stage.sheet.append(this.#element)
  }

  show(kind: Kind, text: string): void {
    clearTimeout(this.#timer)
    this.#element.dataset.kind = kind
    const wheel = document.createElement("span")
    wheel.className = "wheel"
    this.#element.replaceChildren(...(kind === "refused" ? [] : [wheel]), text)
    this.#element.hidden = false
  }

  later(ms: number, work: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(work, ms)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#element.remove()
  }
}

/** Acts of the person at the view: sent, awaited, and their refusals said where they were done. */
export class Acts {
  readonly #send: (act: string, op: Op) => void
  readonly #stage: Stage
  /** Told apart from those of another view of the same person. */
  readonly #prefix = Math.random().toString(36).slice(2, 10)
  #count = 0
  #name = ""
  #hints = new Map<string, Hint>()
  #refused: Hint | null = null

  constructor(send: (act: string, op: Op) => void, stage: Stage) {
    this.#send = send
    this.#stage = stage
  }

  /** Whom the refusals speak of. */
  of(name: string): void {
    this.#name = name || t("somebody")
  }

  do(op: Op, spot: Spot): void {
    const act = `v-${this.#prefix}-${++this.#count}`
    const hint = new Hint(this.#stage, spot)
    // Nobody waits for the pointer to have been moved there.
    if (op.op !== "hover") hint.later(SPINNER_MS, () => hint.show("pending", ""))
    this.#hints.set(act, hint)
    setTimeout(() => this.#end(act), FORGET_MS)
    this.#send(act, op)
  }

  result(act: string, outcome: PageOutcome, reason: PageReason | null): void {
    const hint = this.#hints.get(act)
    if (!hint) return
    const text = outcome === "asking" ? t("asking", this.#name) : t(`reason.${reason ?? "failed"}`, this.#name)
    if (outcome === "asking") hint.show("asking", text)
    else if (outcome === "done") this.#end(act)
    else {
      this.#refused?.close()
      this.#refused = hint
      this.#hints.delete(act)
      hint.show("refused", text)
      hint.later(REFUSAL_MS, () => hint.close())
    }
    if (outcome !== "done") this.#stage.say(text)
  }

  clear(): void {
    for (const act of [...this.#hints.keys()]) this.#end(act)
    this.#refused?.close()
    this.#refused = null
  }

  #end(act: string): void {
    this.#hints.get(act)?.close()
    this.#hints.delete(act)
  }
}

/** Under a box of the page, in the window of the view. */
export function below(stage: Stage, box: Box): { left: number; top: number } {
  const sheet = stage.sheet.getBoundingClientRect()
  return { left: sheet.x + box.x * stage.scale, top: sheet.y + (box.y + box.height) * stage.scale + 2 }
}
