import type { ViewMode } from "../page/port"
import { Pace } from "../view/pace"
import type { Shown } from "./marks"
import { type Box, nearestIn, type Spot, spotIn } from "./place"

export type Tool = ViewMode["tool"]

/** At most 30 a second. */
const PACE_MS = 34
const PIECE = 200
/** A frame smaller than this part of the picture was a click: no frame. */
const LEAST = 0.01

/** Pointer, highlighter and pen over a picture of a screen. */
export class ScreenTools {
  tool: Tool = "none"
  readonly #box: () => Box | null
  readonly #show: (shown: Shown) => void
  #stroke = 0
  #from: Spot | null = null
  #points: Spot[] = []
  #last: Spot | null = null
  readonly #pointer = new Pace<Spot | null>(PACE_MS, (at) => this.#show({ mark: "pointer", at }))
  readonly #frame = new Pace<Spot>(PACE_MS, (to) => this.#framed(to))
  readonly #pen = new Pace<null>(PACE_MS, () => this.#piece(false))

  constructor(box: () => Box | null, show: (shown: Shown) => void) {
    this.#box = box
    this.#show = show
  }

  set(tool: Tool): void {
    if (tool === this.tool) return
    if (this.tool === "pointer") this.left()
    this.clear()
    this.tool = tool
  }

  at(event: PointerEvent): void {
    const box = this.#box()
    if (!box) return
    const place = { x: event.offsetX, y: event.offsetY }
    const inside = spotIn(box, place)
    if (this.tool === "pointer") {
      if (event.type === "pointerleave") this.left()
      else this.#pointer.call(inside)
    } else if (event.type === "pointerdown" && inside) this.#begin(inside)
    else if (this.#from && event.type === "pointermove") this.#goOn(nearestIn(box, place))
    else if (this.#from && event.type !== "pointerleave") this.#end(nearestIn(box, place))
  }

  clear(): void {
    this.#from = this.#last = null
    this.#points = []
    this.#pen.drop()
    this.#frame.drop()
    this.#pointer.drop()
  }

  /** The pointer is not over the picture any more. */
  left(): void {
    this.#pointer.call(null)
    this.#pointer.flush()
  }

  #begin(spot: Spot): void {
    this.#from = this.#last = spot
    if (this.tool !== "draw") return
    this.#stroke++
    this.#points = [spot]
    this.#pen.call(null)
  }

  #goOn(spot: Spot): void {
    if (this.tool === "highlight") this.#frame.call(spot)
    else {
      this.#points.push(spot)
      this.#pen.call(null)
    }
  }

  #end(spot: Spot): void {
    this.#frame.drop()
    this.#pen.drop()
    if (this.tool === "highlight") this.#framed(spot)
    else this.#piece(true)
    this.#from = null
  }

  #framed(to: Spot): void {
    if (!this.#from) return
    const [x, y] = this.#from
    const small = Math.abs(to[0] - x) < LEAST && Math.abs(to[1] - y) < LEAST
    this.#show({ mark: "highlight", box: small ? null : [x, y, ...to] })
  }

  #piece(end: boolean): void {
    const points = this.#points.splice(0, PIECE)
    this.#last = points.at(-1) ?? this.#last
    if (!this.#last || (points.length === 0 && !end)) return
    this.#show({ mark: "stroke", stroke: this.#stroke, points: points.length > 0 ? points : [this.#last], end })
    if (this.#points.length > 0) this.#pen.call(null)
  }
}
