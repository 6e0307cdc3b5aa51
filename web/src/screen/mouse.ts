import { type Box, nearestIn, spotIn } from "./place"
import { type InputEvent, moveTo } from "./queue"

export interface MouseOptions {
  push: (event: InputEvent) => void
  /** Where the picture lies in the surface now; null while there is none. */
  box: () => Box | null
}

/** As in `PointerEvent.buttons`, and what they are called there. */
const BUTTONS = [
  [1, 1],
  [4, 2],
  [2, 3],
] as const
/** Pixels of one notch, as browsers count them; lines; pages. */
const NOTCH = [100, 3, 1] as const

/** Pointer, buttons and wheel over a picture. Beside it nothing begins; what began on it goes on to its edge. */
export class Mouse {
  readonly #options: MouseOptions
  /** Buttons that are down there, as bits of `PointerEvent.buttons`. */
  #down = 0

  constructor(options: MouseOptions) {
    this.#options = options
  }

  get holds(): boolean {
    return this.#down !== 0
  }

  clear(): void {
    this.#down = 0
  }

  /** Of any pointer event: a second button tells of itself by a move. */
  at(event: PointerEvent): void {
    const box = this.#options.box()
    if (!box) return
    const place = { x: event.offsetX, y: event.offsetY }
    const inside = spotIn(box, place)
    if (!inside && this.#down === 0) return
    const spot = inside ?? nearestIn(box, place)
    const buttons = event.type === "pointercancel" ? 0 : event.buttons
    let changed = false
    for (const [bit, button] of BUTTONS) {
      const [was, is] = [(this.#down & bit) !== 0, (buttons & bit) !== 0]
      if (was === is) continue
      changed = true
      this.#down = is ? this.#down | bit : this.#down & ~bit
      this.#options.push({ op: "button", x: spot[0], y: spot[1], button, down: is })
    }
    if (!changed) this.#options.push(moveTo(spot))
  }

  turned(event: WheelEvent): void {
    const box = this.#options.box()
    const spot = box && spotIn(box, { x: event.offsetX, y: event.offsetY })
    if (!spot) return
    const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY]
    const unit = NOTCH[event.deltaMode as 0 | 1 | 2] ?? NOTCH[0]
    const notches = (delta: number) => Math.max(-100, Math.min(100, delta / unit))
    this.#options.push({ op: "wheel", x: spot[0], y: spot[1], dx: notches(dx), dy: notches(dy) })
  }
}
