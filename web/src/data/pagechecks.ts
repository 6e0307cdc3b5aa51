import type { Op, PageOutcome, PageReason, Shown } from "../page/acts"
import type { FromView, RecordedAct, ViewState } from "../page/port"

/** What the view says is checked before it is used: it shows the pages of others. Bounds as the server has them. */
type Check = (value: unknown) => boolean
type Shape = Readonly<Record<string, Check>>

const between =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === "number" && value >= low && value <= high
const whole =
  (low: number, high: number): Check =>
  (value) =>
    Number.isInteger(value) && between(low, high)(value)
const text =
  (most: number, least = 0): Check =>
  (value) =>
    typeof value === "string" && value.length >= least && value.length <= most
const oneOf =
  (...all: readonly unknown[]): Check =>
  (value) =>
    all.includes(value)
const many =
  (check: Check, most: number, least = 0): Check =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(check)
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const flag = oneOf(true, false)

const node = whole(0, 2 ** 31 - 1)
const fraction = between(-1e4, 1e4)
const pixels = between(-1e7, 1e7)
const modifiers = maybe(many(oneOf("alt", "ctrl", "meta", "shift"), 4))
const epoch = whole(0, Number.MAX_SAFE_INTEGER)
const place: Check = (value) =>
  Array.isArray(value) && value.length === 3 && node(value[0]) && fraction(value[1]) && fraction(value[2])

const OPS: Readonly<Record<Op["op"], Shape>> = {
  click: { node, x: fraction, y: fraction, button: maybe(whole(0, 2)), count: maybe(whole(1, 3)), modifiers },
  hover: { node, x: fraction, y: fraction },
  insert: { node, text: text(10_000) },
  value: { node, value: text(10_000) },
  key: { node, key: text(32, 1), modifiers },
  select: { node, options: many(whole(0, 100_000), 1000) },
  check: { node, on: flag },
  scroll: { node, x: pixels, y: pixels },
  drag: { node, x: fraction, y: fraction, to: node, to_x: fraction, to_y: fraction },
  go: { way: oneOf("back", "forward", "reload", "address"), to: maybe(text(2000)) },
}

const MARKS: Readonly<Record<Shown["mark"], Shape>> = {
  pointer: { at: orNull(place) },
  highlight: { node: orNull(node) },
  stroke: { stroke: node, points: many(place, 200, 1), end: maybe(flag) },
  wipe: {},
}

const STATE: Readonly<Record<keyof ViewState, Check>> = {
  epoch,
  shown: flag,
  whole: flag,
  width: between(0, 1e6),
  height: between(0, 1e6),
  scale: between(0, 1000),
  address: text(10_000),
  title: text(10_000),
}

export const OUTCOMES: Readonly<Record<PageOutcome, true>> = { done: true, asking: true, refused: true }
export const REASONS: Readonly<Record<PageReason, true>> = {
  no_consent: true,
  no_page: true,
  old_epoch: true,
  gone: true,
  masked: true,
  disabled: true,
  hidden: true,
  declined: true,
  unanswered: true,
  off_site: true,
  unsupported: true,
  too_many: true,
  failed: true,
}

const ACT: Readonly<Record<keyof RecordedAct, Check>> = {
  at: between(0, 1e9),
  by: text(200),
  op: oneOf(...Object.keys(OPS)),
  outcome: orNull(oneOf(...Object.keys(OUTCOMES))),
  reason: orNull(oneOf(...Object.keys(REASONS))),
}

function fits(value: unknown, shape: Shape, tag?: string): boolean {
  if (typeof value !== "object" || value === null) return false
  const found = value as Record<string, unknown>
  const known = Object.keys(found).every((key) => key === tag || Object.hasOwn(shape, key))
  return known && Object.entries(shape).every(([key, check]) => check(found[key]))
}

function tagged<T extends string>(value: unknown, tag: string, shapes: Readonly<Record<T, Shape>>): boolean {
  const name = (value as Record<string, unknown> | null)?.[tag]
  return typeof name === "string" && Object.hasOwn(shapes, name) && fits(value, shapes[name as T], tag)
}

const hash: Check = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
const isOp: Check = (value) => tagged(value, "op", OPS)
const isShown: Check = (value) => tagged(value, "mark", MARKS)

const MESSAGES: Readonly<Record<FromView["type"], Shape>> = {
  ready: {},
  leave: {},
  state: { state: (value) => fits(value, STATE) },
  want: { hashes: many(hash, 2000) },
  act: { act: text(64, 1), epoch, op: isOp },
  point: { epoch, shown: isShown },
  broken: { why: text(1000) },
  acts: { acts: many((value) => fits(value, ACT), 100_000) },
}

/** The message, or null when it is none. */
export function fromView(value: unknown): FromView | null {
  return tagged(value, "type", MESSAGES) ? (value as FromView) : null
}
