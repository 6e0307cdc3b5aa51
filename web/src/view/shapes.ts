/** The shapes that lie over the page, in pixels of the view. */
import type { Box, Spot } from "./places"

const NS = "http://www.w3.org/2000/svg"
const HEX = /^#[0-9a-f]{3,8}$/i

export function el(
  tag: string,
  attributes: Record<string, string | number>,
  ...children: (Node | string)[]
): SVGElement {
  const made = document.createElementNS(NS, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  made.append(...children)
  return made
}

const safe = (color: string): string => (HEX.test(color) || color === "currentColor" ? color : "#3155d6")
const at = ({ x, y }: Spot): string => `translate(${x.toFixed(1)} ${y.toFixed(1)})`

/** White or black, whichever is read better on the colour. */
export function inkOn(color: string): string {
  const hex = safe(color).replace("#", "")
  const full = hex.length < 6 ? [...hex].map((one) => one + one).join("") : hex
  const [r, g, b] = [0, 2, 4].map((from) => Number.parseInt(full.slice(from, from + 2), 16) || 0) as [
    number,
    number,
    number,
  ]
  return r * 0.299 + g * 0.587 + b * 0.114 > 150 ? "#0b1020" : "#ffffff"
}

export function label(spot: Spot, color: string, name: string): SVGElement {
  const text = name.length > 60 ? `${name.slice(0, 59)}…` : name
  const width = widthOf(text) + 12
  return el(
    "g",
    { transform: at(spot), class: "label" },
    el("rect", { width, height: 20, rx: 6, fill: safe(color) }),
    el("text", { x: 6, y: 14, fill: inkOn(color) }, text),
  )
}

let pen: CanvasRenderingContext2D | null | undefined

function widthOf(text: string): number {
  pen ??= document.createElement("canvas").getContext("2d")
  if (!pen) return text.length * 7
  pen.font = "600 12px system-ui, sans-serif"
  return Math.ceil(pen.measureText(text).width)
}

export function arrow(spot: Spot, color: string, name: string): SVGElement {
  const shape = el("path", { d: "M0 0 L0 17 L4.4 13 L7.4 20 L10.4 18.7 L7.5 12 L13.4 12 Z", fill: safe(color) })
  const tip = el("g", { transform: at(spot), class: "cursor" }, shape)
  if (name) tip.append(label({ x: 12, y: 18 }, color, name))
  return tip
}

export function dot(spot: Spot, color: string, name: string): SVGElement {
  const halo = el("circle", { r: 14, fill: safe(color), "fill-opacity": 0.25 })
  const core = el("circle", { r: 6, fill: safe(color), stroke: "#fff", "stroke-width": 2 })
  return el("g", { transform: at(spot), class: "pointer" }, halo, core, label({ x: 12, y: 10 }, color, name))
}

/** `done`: 0 to 1. */
export function ripple(spot: Spot, color: string, done: number): SVGElement {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  const r = still ? 14 : 4 + done * 20
  return el("circle", {
    transform: at(spot),
    class: "ripple",
    r,
    fill: "none",
    stroke: safe(color),
    "stroke-width": 3,
    opacity: still ? 1 : 1 - done,
  })
}

export function frame(box: Box, color: string, kind: string): SVGElement {
  return el("rect", {
    class: kind,
    x: box.x - 3,
    y: box.y - 3,
    width: box.width + 6,
    height: box.height + 6,
    rx: 6,
    fill: "none",
    stroke: safe(color),
  })
}

export function line(spots: readonly Spot[], color: string, opacity: number): SVGElement {
  const [first] = spots as [Spot, ...Spot[]]
  const rest = spots.length > 1 ? spots.slice(1) : [first]
  const d = `M${first.x.toFixed(1)} ${first.y.toFixed(1)}${rest.map((one) => `L${one.x.toFixed(1)} ${one.y.toFixed(1)}`).join("")}`
  return el("path", { class: "stroke", d, fill: "none", stroke: safe(color), opacity: Math.max(0, opacity).toFixed(2) })
}
