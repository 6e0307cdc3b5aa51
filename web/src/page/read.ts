/**
 * Checks what came over the page stream before anything is built from it. The sender is a browser that we do not know.
 * Everything is walked with a bound on its depth, so that no input can exhaust the stack.
 */
import type { Message } from "./format"
import { NODE_LIMIT } from "./format"

/** What cannot be a message of the page stream. */
export class Malformed extends Error {}

/** Elements in elements, in one event; browsers' own parser stops at 512 as well. */
export const DEPTH_LIMIT = 512
const TEXT_LIMIT = 4 * 1024 * 1024
const NAME_LIMIT = 200
const ATTRIBUTE_LIMIT = 1000
const EVENT_LIMIT = 100_000
const PIXELS = 1e7
const ID_LIMIT = 2 ** 31 - 1
const HASH = /^[0-9a-f]{64}$/

type Check = (value: unknown) => boolean

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const id: Check = (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= ID_LIMIT
const idOr0: Check = (value) => value === 0 || id(value)
const text: Check = (value) => typeof value === "string" && value.length <= TEXT_LIMIT
const short: Check = (value) => typeof value === "string" && value.length <= 10_000
const flag: Check = (value) => typeof value === "boolean"
const pixels: Check = (value) => Number.isFinite(value) && Math.abs(value as number) <= PIXELS
const fraction: Check = (value) => Number.isFinite(value) && Math.abs(value as number) <= 1e4
const count: Check = (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= TEXT_LIMIT
const side: Check = (value) => Number.isFinite(value) && (value as number) >= 1 && (value as number) <= 32_768
const list =
  (of: Check, limit: number): Check =>
  (value) =>
    Array.isArray(value) && value.length <= limit && value.every(of)
const pair =
  (of: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length === 2 && value.every(of)
const one = (value: unknown, ...of: unknown[]): boolean => of.includes(value)
const ids = list(id, NODE_LIMIT)

function must(fits: boolean, what: string): asserts fits {
  if (!fits) throw new Malformed(what)
}

/** Counts as it goes: one message holds no more than a page may. */
class Walk {
  #nodes = 0

  nodes(value: unknown, depth: number): void {
    must(Array.isArray(value) && depth <= DEPTH_LIMIT, "nodes")
    this.#nodes += value.length
    must(this.#nodes <= NODE_LIMIT, "too many nodes")
    for (const node of value) this.#node(node, depth)
  }

  #node(node: unknown, depth: number): void {
    must(Array.isArray(node) && id(node[0]), "node")
    if (node[1] === 3) {
      must(node.length === 3 && text(node[2]), "text node")
      return
    }
    must(node[1] === 1 && node.length >= 5 && node.length <= 6, "element")
    must(typeof node[2] === "string" && node[2].length <= NAME_LIMIT, "tag")
    if (node[3] !== 0) attributes(node[3], false)
    if (node[4] !== 0) this.nodes(node[4], depth + 1)
    if (node[5] !== undefined) this.more(node[5], depth)
  }

  more(value: unknown, depth: number): void {
    must(isObject(value), "more")
    for (const [name, held] of Object.entries(value)) {
      if (name === "shadow" || name === "doc") this.root(held, depth + 1)
      else must(Object.hasOwn(MORE, name) && (MORE[name] as Check)(held), `more ${name.slice(0, 20)}`)
    }
  }

  root(value: unknown, depth: number): void {
    must(isObject(value) && id(value.id), "root")
    must(value.sheets === undefined || list(id, 1000)(value.sheets), "sheets of a root")
    must(value.quirks === undefined || value.quirks === true, "quirks")
    this.nodes(value.children, depth + 1)
  }

  init(value: unknown): void {
    must(isObject(value), "init")
    must(side(value.width) && side(value.height) && pair(pixels)(value.scroll), "sizes of init")
    must(short(value.address) && short(value.title) && idOr0(value.focus) && flag(value.dark), "init")
    this.root(value.root, 0)
  }
}

const MORE: Readonly<Record<string, Check>> = {
  css: text,
  size: pair((value) => pixels(value) && (value as number) >= 0),
  value: text,
  checked: flag,
  indeterminate: flag,
  selected: flag,
  scroll: pair(pixels),
  masked: (value) => value === true,
  top: (value) => one(value, "modal", "popover", "none"),
  picture: (value) => typeof value === "string" && HASH.test(value.replace(/^asset:/, "")),
  media: (value) => Array.isArray(value) && value.length === 2 && Number.isFinite(value[0]) && flag(value[1]),
}

function attributes(value: unknown, nullable: boolean): void {
  must(isObject(value), "attributes")
  const entries = Object.entries(value)
  must(entries.length <= ATTRIBUTE_LIMIT, "too many attributes")
  for (const [name, held] of entries) {
    must(name.length <= NAME_LIMIT && (text(held) || (nullable && held === null)), "attribute")
  }
}

type Rest = readonly unknown[]

/** What follows the name of each event. */
const EVENTS: Readonly<Record<string, (rest: Rest, walk: Walk) => void>> = {
  init: ([init], walk) => walk.init(init),
  whole: () => {},
  add: ([parent, next, nodes], walk) => {
    must(id(parent) && idOr0(next), "add")
    walk.nodes(nodes, 1)
  },
  move: ([parent, next, moved]) => must(id(parent) && idOr0(next) && ids(moved), "move"),
  order: ([parent, ordered]) => must(id(parent) && ids(ordered), "order"),
  gone: ([gone]) => must(ids(gone), "gone"),
  text: ([node, now]) => must(id(node) && text(now), "text"),
  splice: ([node, start, remove, insert]) => must(id(node) && count(start) && count(remove) && text(insert), "splice"),
  attr: ([node, changed]) => {
    must(id(node), "attr")
    attributes(changed, true)
  },
  more: ([node, more], walk) => {
    must(id(node), "more")
    walk.more(more, 1)
  },
  root: ([host, kind, root], walk) => {
    must(id(host) && one(kind, "shadow", "doc"), "root")
    walk.root(root, 1)
  },
  sheet: ([number, css]) => must(id(number) && text(css), "sheet"),
  sheets: ([root, numbers]) => must(id(root) && list(id, 1000)(numbers), "sheets"),
  css: ([node, css]) => must(id(node) && text(css), "css"),
  scroll: ([node, x, y]) => must(idOr0(node) && pixels(x) && pixels(y), "scroll"),
  size: ([width, height]) => must(side(width) && side(height), "size"),
  cursor: ([at]) =>
    must(at === null || (Array.isArray(at) && idOr0(at[0]) && fraction(at[1]) && fraction(at[2])), "cursor"),
  click: () => {},
  focus: ([node]) => must(idOr0(node), "focus"),
  select: ([range]) =>
    must(
      range === null ||
        (Array.isArray(range) &&
          range.length === 4 &&
          id(range[0]) &&
          count(range[1]) &&
          id(range[2]) &&
          count(range[3])),
      "select",
    ),
  title: ([title]) => must(short(title), "title"),
  address: ([address]) => must(short(address), "address"),
}

/** The message, when it is one. Throws `Malformed`. */
export function read(value: unknown): Message {
  must(Array.isArray(value) && value.length <= EVENT_LIMIT, "message")
  must(Number.isFinite(value[0]), "time")
  const walk = new Walk()
  for (const event of value.slice(1)) {
    must(Array.isArray(event) && typeof event[0] === "string" && Object.hasOwn(EVENTS, event[0]), "event")
    EVENTS[event[0]]?.(event.slice(1), walk)
  }
  return value as unknown as Message
}

/** As `read`, of the JSON. Throws `Malformed`. */
export function parse(json: string): Message {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Malformed("no JSON")
  }
  return read(value)
}
