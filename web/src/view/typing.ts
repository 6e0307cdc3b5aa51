import type { Op } from "../page/acts"
import { modifiersOf, takesText } from "./fields"
import type { Spot } from "./places"
import type { Stage } from "./stage"
import { t } from "./text"
import type { Tree } from "./tree"

const LEAVE_MS = 600
/** So long after a click, Tab or Enter a change of the focus over there is our doing. */
const FOLLOW_MS = 2000
const TEXT_LIMIT = 10_000
/** Keys without a letter that a page may know. */
const KEYS = new Set(
  "Enter Tab Backspace Delete Escape ArrowLeft ArrowRight ArrowUp ArrowDown Home End PageUp PageDown Insert".split(" "),
)
/** With Ctrl or Cmd: what a page does with text. The others belong to the person's own browser. */
const COMMANDS = new Set("abiuyz".split(""))

/**
 * Keys go into a field of ours, so that input methods, dead keys and pasting work as everywhere, and from there to the
 * customer's page.
 */
export class Typing {
  readonly #field = document.createElement("textarea")
  readonly #stage: Stage
  readonly #tree: Tree
  readonly #do: (op: Op, spot: Spot) => void
  readonly #leave: () => void
  /** What the keys are for: the element that was clicked, or what has the focus over there. */
  #aim = 0
  #spot: Spot = { x: 0, y: 0 }
  #follows = 0
  #escaped = Number.NEGATIVE_INFINITY

  constructor(stage: Stage, tree: Tree, act: (op: Op, spot: Spot) => void, leave: () => void) {
    this.#stage = stage
    this.#tree = tree
    this.#do = act
    this.#leave = leave
    const field = this.#field
    field.className = "keys"
    field.autocapitalize = "off"
    field.setAttribute("autocomplete", "off")
    field.setAttribute("autocorrect", "off")
    field.spellcheck = false
    field.hidden = true
    field.addEventListener("keydown", (event) => this.#key(event))
    field.addEventListener("input", (event) => {
      if (!(event as InputEvent).isComposing) this.#insert()
    })
    field.addEventListener("compositionend", () => this.#insert())
    stage.sheet.append(field)
  }

  /** In control or not. */
  allow(is: boolean, name: string): void {
    this.#field.hidden = !is
    this.#field.setAttribute("aria-label", t("keys", name || t("somebody")))
  }

  /** Something has got the focus on the page. When it was the customer's doing, our keys do not go there. */
  focused(node: number): void {
    if (node > 0 && (this.#aim === 0 || performance.now() < this.#follows)) this.#aim = node
  }

  /** The keys are for this node from now on. */
  aim(node: number, spot: Spot): void {
    this.#aim = node
    this.#follows = performance.now() + FOLLOW_MS
    this.#spot = spot
    this.#field.style.left = `${spot.x * this.#stage.scale}px`
    this.#field.style.top = `${spot.y * this.#stage.scale}px`
  }

  focus(): void {
    this.#field.focus({ preventScroll: true })
  }

  #insert(): void {
    const text = this.#field.value
    this.#field.value = ""
    for (let at = 0; at < text.length; at += TEXT_LIMIT) {
      this.#type(text.slice(at, at + TEXT_LIMIT))
    }
  }

  /** Text for a field; single keys where there is nothing to type into. */
  #type(text: string): void {
    const node = this.#tree.nodeOf(this.#aim)
    if (node?.nodeType === 1 && takesText(node as Element)) this.#act({ op: "insert", node: this.#aim, text })
    else for (const key of [...text].slice(0, 100)) this.#act({ op: "key", node: this.#aim, key })
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing || event.key === "Process") return
    if (event.key === "Escape") {
      const twice = event.timeStamp - this.#escaped < LEAVE_MS
      this.#escaped = event.timeStamp
      if (twice) {
        this.#field.blur()
        this.#leave()
        return
      }
    }
    const command = (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph")
    if (!KEYS.has(event.key) && !(command && COMMANDS.has(event.key.toLowerCase()))) return
    event.preventDefault()
    this.#act({ op: "key", node: this.#aim, key: event.key, modifiers: modifiersOf(event) })
  }

  /** Another page: nothing there is meant yet. */
  clear(): void {
    this.#aim = 0
  }

  #act(op: Op): void {
    if (op.op === "key" && (op.key === "Tab" || op.key === "Enter")) this.#follows = performance.now() + FOLLOW_MS
    this.#do(op, this.#spot)
  }
}
