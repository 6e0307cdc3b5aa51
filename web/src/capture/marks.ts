import type { Point, Shown } from "../page/acts"
import type { Layer } from "./layer"
import type { Nodes } from "./parts"
import { boxInTop, spotInTop } from "./place"

const SVG = "http://www.w3.org/2000/svg"
/** By person, in the order in which they show something; they can be told apart on light and dark pages. */
const COLOURS = ["#3155d6", "#b3401f", "#117a49", "#8a3fb0", "#8f5a00"]
const POINTER_IDLE_MS = 10_000
const STROKE_MS = 6000
const FADE_MS = 800
const MOST_STROKES = 60
const MOST_POINTS = 2000

interface Stroke {
  by: string
  id: number
  points: Point[]
  endsAt: number
  line: SVGElement
}

interface Hand {
  colour: string
  name: string
  pointer: { at: Point; until: number } | null
  highlight: number | null
  drawn: SVGElement
}

/** Pointers, frames and drawings of staff on the page. They stay on their node while the page scrolls and reflows. */
export class Marks {
  readonly #layer: Layer
  readonly #nodes: Nodes
  readonly #svg = document.createElementNS(SVG, "svg")
  #hands = new Map<string, Hand>()
  #strokes: Stroke[] = []
  #frame = 0

  constructor(layer: Layer, nodes: Nodes) {
    this.#layer = layer
    this.#nodes = nodes
    this.#svg.setAttribute("aria-hidden", "true")
    layer.root.append(this.#svg)
  }

  show(shown: Shown, by: { id: string; name: string }): void {
    const hand = this.#hand(by)
    switch (shown.mark) {
      case "pointer":
        hand.pointer = shown.at ? { at: shown.at, until: performance.now() + POINTER_IDLE_MS } : null
        break
      case "highlight":
        hand.highlight = shown.node
        break
      case "stroke":
        this.#draw(by.id, hand, shown.stroke, shown.points, shown.end === true)
        break
      case "wipe":
        this.#take((one) => one.by === by.id)
        hand.highlight = null
    }
    this.#layer.show()
    this.#go()
  }

  clear(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    this.#hands.clear()
    this.#strokes = []
    this.#svg.replaceChildren()
  }

  #hand({ id, name }: { id: string; name: string }): Hand {
    let hand = this.#hands.get(id)
    if (!hand) {
      const colour = COLOURS[this.#hands.size % COLOURS.length] as string
      hand = { colour, name, pointer: null, highlight: null, drawn: document.createElementNS(SVG, "g") }
      this.#hands.set(id, hand)
      this.#svg.append(hand.drawn)
    }
    return hand
  }

  #draw(by: string, hand: Hand, id: number, points: readonly Point[], end: boolean): void {
    let stroke = this.#strokes.find((one) => one.by === by && one.id === id)
    if (!stroke) {
      const line = element("polyline", {
        fill: "none",
        stroke: hand.colour,
        "stroke-width": 4,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
      })
      this.#svg.prepend(line)
      stroke = { by, id, points: [], endsAt: Number.POSITIVE_INFINITY, line }
      this.#strokes.push(stroke)
      if (this.#strokes.length > MOST_STROKES) this.#take((one) => one === this.#strokes[0])
    }
    if (stroke.points.length < MOST_POINTS) stroke.points.push(...points)
    // A line whose end never comes fades as well.
    stroke.endsAt = performance.now() + (end ? STROKE_MS : STROKE_MS * 2)
  }

  #take(which: (stroke: Stroke) => boolean): void {
    for (const stroke of this.#strokes) if (which(stroke)) stroke.line.remove()
    this.#strokes = this.#strokes.filter((one) => one.line.isConnected)
  }

  #go(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0
      if (this.#place(performance.now())) this.#go()
      else this.#layer.hide()
    })
  }

  /** Puts everything where its node is now. Returns whether anything is left to be shown. */
  #place(now: number): boolean {
    this.#take((stroke) => now > stroke.endsAt + FADE_MS)
    for (const stroke of this.#strokes) {
      stroke.line.setAttribute("class", now > stroke.endsAt ? "fade" : "")
      const spots = stroke.points.map((point) => spotInTop(this.#nodes, point)).filter((spot) => spot !== null)
      stroke.line.setAttribute("points", spots.map((spot) => `${spot.x.toFixed(1)},${spot.y.toFixed(1)}`).join(" "))
    }
    let any = this.#strokes.length > 0
    for (const hand of this.#hands.values()) any = this.#placeHand(hand, now) || any
    return any
  }

  #placeHand(hand: Hand, now: number): boolean {
    const parts: SVGElement[] = []
    const box = hand.highlight === null ? null : boxInTop(this.#nodes, hand.highlight)
    if (box) {
      const frame = { x: box.x - 4, y: box.y - 4, width: box.width + 8, height: box.height + 8, rx: 6 }
      parts.push(element("rect", { ...frame, fill: "none", stroke: hand.colour, "stroke-width": 3 }))
      if (!hand.pointer) parts.push(label(hand, box.x, box.y - 10))
    }
    if (hand.pointer && now > hand.pointer.until) hand.pointer = null
    const spot = hand.pointer ? spotInTop(this.#nodes, hand.pointer.at) : null
    if (spot) {
      parts.push(element("circle", { cx: spot.x, cy: spot.y, r: 12, fill: hand.colour, "fill-opacity": 0.25 }))
      parts.push(
        element("circle", { cx: spot.x, cy: spot.y, r: 5, fill: hand.colour, stroke: "#fff", "stroke-width": 2 }),
      )
      parts.push(label(hand, spot.x + 14, spot.y + 20))
    }
    hand.drawn.replaceChildren(...parts)
    return hand.highlight !== null || hand.pointer !== null
  }
}

function label(hand: Hand, x: number, y: number): SVGElement {
  const text = element("text", { x: Math.max(4, x), y: Math.max(14, y), fill: hand.colour })
  text.textContent = hand.name
  return text
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}
