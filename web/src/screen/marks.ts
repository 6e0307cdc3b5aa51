import type { DesktopPoint } from "../contract/messages"
import type { Person } from "../page/port"
import { dot, el, frame, label, line } from "../view/shapes"
import type { Box, Spot } from "./place"

export type Shown = DesktopPoint["shown"]

const POINTER_MS = 5000
const STROKE_MS = 5000
const FADE_MS = 800
const MOST_HANDS = 50
const MOST_STROKES = 100
const MOST_POINTS = 2000

interface Stroke {
  by: Person
  id: number
  points: Spot[]
  /** Goes at, in ms of `performance.now`. */
  until: number
}

interface Hand {
  by: Person
  pointer: { at: Spot; until: number } | null
  highlight: readonly [number, number, number, number] | null
}

/** Pointers, frames and drawings over a picture of a screen, kept by fractions of it. */
export class ScreenMarks {
  readonly svg = el("svg", {
    class: "marks",
    "aria-hidden": "true",
    "font-size": 12,
    "font-weight": 600,
    "stroke-width": 3,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  })
  readonly #box: () => Box | null
  #hands = new Map<string, Hand>()
  #strokes: Stroke[] = []
  #frame = 0

  constructor(box: () => Box | null) {
    this.#box = box
    Object.assign(this.svg.style, { position: "absolute", inset: "0", width: "100%", height: "100%" })
    this.svg.style.pointerEvents = "none"
  }

  show(by: Person, shown: Shown): void {
    const hand = this.#hands.get(by.id) ?? { by, pointer: null, highlight: null }
    this.#hands.set(by.id, hand)
    if (this.#hands.size > MOST_HANDS) this.#hands.delete(this.#hands.keys().next().value ?? "")
    if (shown.mark === "pointer") {
      hand.pointer = shown.at && { at: shown.at as Spot, until: performance.now() + POINTER_MS }
    } else if (shown.mark === "highlight") hand.highlight = shown.box as Hand["highlight"]
    else if (shown.mark === "stroke") this.#stroke(by, shown.stroke, shown.points as Spot[], shown.end === true)
    else {
      hand.highlight = null
      this.#strokes = this.#strokes.filter((one) => one.by.id !== by.id)
    }
    this.draw()
  }

  clear(): void {
    this.#hands.clear()
    this.#strokes = []
    this.draw()
  }

  /** With the next picture; also after the frame has another size. */
  draw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint())
  }

  #stroke(by: Person, id: number, points: Spot[], end: boolean): void {
    let stroke = this.#strokes.find((one) => one.by.id === by.id && one.id === id)
    if (!stroke) {
      stroke = { by, id, points: [], until: 0 }
      this.#strokes = [...this.#strokes.slice(1 - MOST_STROKES), stroke]
    }
    stroke.points = [...stroke.points, ...points].slice(0, MOST_POINTS)
    // One whose end was lost goes as well, only later.
    stroke.until = performance.now() + STROKE_MS * (end ? 1 : 3)
  }

  #paint(): void {
    this.#frame = 0
    const now = performance.now()
    this.#strokes = this.#strokes.filter((one) => one.until > now)
    for (const hand of this.#hands.values()) if (hand.pointer && hand.pointer.until < now) hand.pointer = null
    const box = this.#box()
    this.svg.replaceChildren(...(box ? this.#shapes(box, now) : []))
    const fades = this.#strokes.length > 0 || [...this.#hands.values()].some((hand) => hand.pointer)
    if (fades && this.svg.isConnected) this.draw()
  }

  *#shapes(box: Box, now: number): Generator<SVGElement> {
    const place = ([x, y]: Spot) => ({ x: box.x + x * box.width, y: box.y + y * box.height })
    for (const { by, highlight } of this.#hands.values()) {
      if (!highlight) continue
      const [a, b] = [place([highlight[0], highlight[1]]), place([highlight[2], highlight[3]])]
      const corner = { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y) }
      yield frame({ ...corner, width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) }, by.color, "highlight")
      yield label({ x: corner.x, y: Math.max(0, corner.y - 24) }, by.color, by.name)
    }
    for (const one of this.#strokes) {
      yield line(one.points.map(place), one.by.color, Math.min(1, (one.until - now) / FADE_MS))
    }
    for (const { by, pointer } of this.#hands.values()) if (pointer) yield dot(place(pointer.at), by.color, by.name)
  }
}
