import type { Point, Shown } from "../page/acts"
import type { Person } from "../page/port"
import { type Box, boxOf, type Spot, spotOf } from "./places"
import { arrow, dot, el, frame, label, line, ripple } from "./shapes"
import type { Tree } from "./tree"

const POINTER_MS = 5000
const STROKE_MS = 5000
const FADE_MS = 800
const RIPPLE_MS = 500
const ACT_MS = 2000
const MOST_HANDS = 50
const MOST_STROKES = 100
const MOST_POINTS = 2000

interface Stroke {
  by: Person
  id: number
  points: Point[]
  /** Goes at. */
  until: number
}

interface Hand {
  by: Person
  pointer: { at: Point; until: number } | null
  highlight: number | null
}

interface Flash {
  by: Person
  at: Point
  /** What is said beside it; "" for a click of the customer. */
  text: string
  since: number
}

/**
 * Cursors, pointers, frames and drawings over the page. All are kept by node and fractions, and drawn anew in each
 * picture while there are any, so they stay on their node when the page scrolls and reflows.
 */
export class Marks {
  readonly svg = el("svg", { class: "marks", "aria-hidden": "true" })
  readonly #tree: Tree
  readonly #scale: () => number
  /** Milliseconds: of the clock when live, of the recording in replay. */
  #now: () => number = () => performance.now()
  #hands = new Map<string, Hand>()
  #strokes: Stroke[] = []
  #flashes: Flash[] = []
  #cursor: { by: Person; at: Point } | null = null
  #focus: { by: Person; node: number } | null = null
  #aim: Box | null = null
  #picture = 0
  #looks = ""

  constructor(tree: Tree, scale: () => number) {
    this.#tree = tree
    this.#scale = scale
  }

  /** From now on the time is what `now` says. */
  follow(now: () => number): void {
    this.#now = now
  }

  cursor(by: Person, at: Point | null): void {
    this.#cursor = at && { by, at }
    this.#draw()
  }

  click(by: Person): void {
    if (this.#cursor) this.#flash(by, this.#cursor.at, "")
  }

  focus(by: Person, node: number): void {
    this.#focus = node > 0 ? { by, node } : null
    this.#draw()
  }

  /** Somebody did something there. */
  acted(by: Person, at: Point, text: string): void {
    this.#flash(by, at, text)
  }

  /** What the highlighter would frame now. */
  aim(box: Box | null): void {
    this.#aim = box
    this.#draw()
  }

  show(by: Person, shown: Shown): void {
    const hand = this.#hands.get(by.id) ?? { by, pointer: null, highlight: null }
    hand.by = by
    this.#hands.set(by.id, hand)
    if (this.#hands.size > MOST_HANDS) this.#hands.delete(this.#hands.keys().next().value ?? "")
    if (shown.mark === "pointer") hand.pointer = shown.at && { at: shown.at, until: this.#now() + POINTER_MS }
    else if (shown.mark === "highlight") hand.highlight = shown.node
    else if (shown.mark === "stroke") this.#stroke(by, shown.stroke, shown.points, shown.end === true)
    else {
      hand.highlight = null
      this.#strokes = this.#strokes.filter((one) => one.by.id !== by.id)
    }
    this.#draw()
  }

  clear(): void {
    this.#hands.clear()
    this.#strokes = []
    this.#flashes = []
    this.#cursor = this.#focus = this.#aim = null
    this.#draw()
  }

  #flash(by: Person, at: Point, text: string): void {
    this.#flashes = [...this.#flashes.slice(-20), { by, at, text, since: this.#now() }]
    this.#draw()
  }

  #stroke(by: Person, id: number, points: Point[], end: boolean): void {
    let stroke = this.#strokes.find((one) => one.by.id === by.id && one.id === id)
    if (!stroke) {
      stroke = { by, id, points: [], until: 0 }
      this.#strokes = [...this.#strokes.slice(1 - MOST_STROKES), stroke]
    }
    stroke.points = [...stroke.points, ...points].slice(0, MOST_POINTS)
    // One whose end was lost goes as well, only later.
    stroke.until = this.#now() + STROKE_MS * (end ? 1 : 3)
  }

  #draw(): void {
    if (this.#picture === 0) this.#picture = requestAnimationFrame(() => this.#paint())
  }

  #paint(): void {
    this.#picture = 0
    const now = this.#now()
    this.#strokes = this.#strokes.filter((one) => one.until > now)
    this.#flashes = this.#flashes.filter((one) => now - one.since < (one.text ? ACT_MS : RIPPLE_MS) && now >= one.since)
    for (const hand of this.#hands.values()) if (hand.pointer && hand.pointer.until < now) hand.pointer = null
    const shapes = [...this.#shapes(now)]
    const looks = shapes.map((shape) => shape.outerHTML).join("")
    // Most pictures are as the one before; those cost the browser nothing.
    if (looks !== this.#looks) this.svg.replaceChildren(...shapes)
    this.#looks = looks
    if (shapes.length > 0 || this.#cursor) this.#draw()
  }

  *#shapes(now: number): Generator<SVGElement> {
    if (this.#focus) yield* this.#frameOf(this.#focus.node, this.#focus.by.color, "focus")
    if (this.#aim) yield frame(this.#scaled(this.#aim), "currentColor", "aim")
    for (const { by, highlight } of this.#hands.values()) {
      if (highlight !== null) yield* this.#frameOf(highlight, by.color, "highlight", by.name)
    }
    for (const one of this.#strokes) {
      const spots = one.points.flatMap((point) => this.#spot(point) ?? [])
      if (spots.length > 0) yield line(spots, one.by.color, Math.min(1, (one.until - now) / FADE_MS))
    }
    for (const { by, pointer } of this.#hands.values()) {
      const spot = pointer && this.#spot(pointer.at)
      if (spot) yield dot(spot, by.color, by.name)
    }
    for (const one of this.#flashes) {
      const spot = this.#spot(one.at)
      if (!spot) continue
      yield ripple(spot, one.by.color, Math.min(1, (now - one.since) / RIPPLE_MS))
      if (one.text) yield label({ x: spot.x + 10, y: spot.y + 10 }, one.by.color, `${one.by.name}: ${one.text}`)
    }
    const spot = this.#cursor && this.#spot(this.#cursor.at)
    if (spot && this.#cursor) yield arrow(spot, this.#cursor.by.color, this.#cursor.by.name)
  }

  *#frameOf(node: number, color: string, kind: string, name = ""): Generator<SVGElement> {
    const found = this.#tree.nodeOf(node)
    const box = found && boxOf(found)
    if (!box || (box.width === 0 && box.height === 0)) return
    const scaled = this.#scaled(box)
    yield frame(scaled, color, kind)
    if (name) yield label({ x: scaled.x, y: Math.max(0, scaled.y - 24) }, color, name)
  }

  #spot(point: Point): Spot | null {
    const spot = spotOf(this.#tree, point)
    const scale = this.#scale()
    return spot && { x: spot.x * scale, y: spot.y * scale }
  }

  #scaled(box: Box): Box {
    const scale = this.#scale()
    return { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale }
  }
}
