import type { Point, Shown } from "../page/acts"
import type { ViewMode } from "../page/port"
import type { Marks } from "./marks"
import { Pace } from "./pace"
import { boxOf, pointAt, type Spot } from "./places"
import type { Tree } from "./tree"

/** At most 30 a second. */
const PACE_MS = 34
const PIECE = 200

/** Pointer, highlighter and pen: shown to the others, and here at once. */
export class Tools {
  readonly #tree: Tree
  readonly #marks: Marks
  readonly #send: (shown: Shown) => void
  #mode: ViewMode
  #stroke = 0
  #drawing = false
  #points: Point[] = []
  #framed: number | null = null
  readonly #pointer = new Pace<Point | null>(PACE_MS, (at) => this.#show({ mark: "pointer", at }))
  readonly #pen = new Pace<null>(PACE_MS, () => this.#piece(false))

  constructor(tree: Tree, marks: Marks, mode: ViewMode, send: (shown: Shown) => void) {
    this.#tree = tree
    this.#marks = marks
    this.#mode = mode
    this.#send = send
  }

  mode(mode: ViewMode): void {
    if (this.#mode.tool === "pointer" && mode.tool !== "pointer") this.left()
    if (mode.tool !== "highlight") this.#marks.aim(null)
    this.#mode = mode
  }

  down(spot: Spot): void {
    const hit = pointAt(this.#tree, spot)
    if (this.#mode.tool === "highlight") {
      const node = hit?.point[0] ?? null
      this.#framed = node === this.#framed ? null : node
      this.#show({ mark: "highlight", node: this.#framed })
    } else if (this.#mode.tool === "draw" && hit) {
      this.#drawing = true
      this.#stroke++
      this.#points = [hit.point]
      this.#pen.call(null)
    }
  }

  move(spot: Spot): void {
    const hit = pointAt(this.#tree, spot)
    if (this.#mode.tool === "pointer") this.#pointer.call(hit?.point ?? null)
    else if (this.#mode.tool === "highlight") this.#marks.aim(hit && boxOf(hit.element))
    else if (this.#drawing && hit) {
      this.#points.push(hit.point)
      this.#pen.call(null)
    }
  }

  up(): void {
    if (!this.#drawing) return
    this.#drawing = false
    this.#pen.drop()
    this.#piece(true)
  }

  /** The pointer is not over the page any more. */
  left(): void {
    this.#marks.aim(null)
    if (this.#mode.tool !== "pointer") return
    this.#pointer.call(null)
    this.#pointer.flush()
  }

  clear(): void {
    this.#drawing = false
    this.#framed = null
    this.#points = []
    this.#pen.drop()
    this.#pointer.drop()
  }

  #last: Point | null = null

  #piece(end: boolean): void {
    const points = this.#points.splice(0, PIECE)
    this.#last = points.at(-1) ?? this.#last
    if (points.length === 0 && !(end && this.#last)) return
    const sent = points.length > 0 ? points : [this.#last as Point]
    this.#show({ mark: "stroke", stroke: this.#stroke, points: sent, end })
    if (this.#points.length > 0) this.#pen.call(null)
  }

  #show(shown: Shown): void {
    this.#marks.show(this.#mode.me, shown)
    this.#send(shown)
  }
}
