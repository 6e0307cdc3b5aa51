import type { Op } from "../page/acts"
import { Pace } from "./pace"
import { type Spot, scrollerAt } from "./places"
import type { Tree } from "./tree"

const PACE_MS = 40
/** So long after the last turn the page is believed again about where it is scrolled to. */
const SETTLED_MS = 400
const LINE = 40

interface Aim {
  id: number
  x: number
  y: number
  at: number
}

/** Turns of the wheel become places to scroll to; the view itself scrolls when the page does. */
export class Wheel {
  readonly #tree: Tree
  #aim: Aim | null = null
  readonly #pace: Pace<Spot>

  constructor(tree: Tree, act: (op: Op, spot: Spot) => void) {
    this.#tree = tree
    this.#pace = new Pace(PACE_MS, (spot) => {
      if (this.#aim) act({ op: "scroll", node: this.#aim.id, x: this.#aim.x, y: this.#aim.y }, spot)
    })
  }

  turn(event: WheelEvent, spot: Spot): void {
    const unit = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? LINE : innerHeight
    const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY]
    const goes = this.#aim && event.timeStamp - this.#aim.at < SETTLED_MS ? this.#aim : null
    const found = scrollerAt(this.#tree, spot, dx, dy)
    if (!found && !goes) return
    const element = found?.element
    if (goes && (!found || found.id === goes.id)) {
      const node = element ?? (this.#tree.nodeOf(goes.id) as Element | null)
      if (!node) return
      this.#to(goes.id, node, goes.x + dx * unit, goes.y + dy * unit, event.timeStamp)
    } else if (found && element) {
      this.#to(found.id, element, element.scrollLeft + dx * unit, element.scrollTop + dy * unit, event.timeStamp)
    }
    this.#pace.call(spot)
  }

  clear(): void {
    this.#aim = null
    this.#pace.drop()
  }

  #to(id: number, element: Element, x: number, y: number, at: number): void {
    const within = (value: number, most: number) => Math.round(Math.max(0, Math.min(value, most)))
    this.#aim = {
      id,
      x: within(x, element.scrollWidth - element.clientWidth),
      y: within(y, element.scrollHeight - element.clientHeight),
      at,
    }
  }
}
