/**
 * What the page stream carries, as JSON in its messages (`rs_server/protocol/page.py` carries them unread).
 *
 * A message is `[time, ...events]`. `time`: milliseconds since the epoch of the stream began, on the source's monotonic
 * clock; a live view shows what comes when it comes and looks at no clock. Message 0 of an epoch begins with `init`.
 * Large pages come in slices: what is in the viewport first, the rest by `add` events of later messages; `whole` says
 * that all of it is there.
 *
 * Nodes are numbered from 1 in each epoch and never used again in it. Everything here was masked before it left the
 * page. A receiver trusts nothing of it: `read.ts` checks shapes, the view allows only known elements and attributes.
 */

/** Text; comments and the text of scripts are never sent. */
export type TextNode = readonly [id: number, kind: 3, text: string]

/** Attributes by name. URLs are absolute, or `asset:<sha-256 hex>`; what may not be shown is left out. */
export type Attributes = Readonly<Record<string, string>>

/** `tag` in lower case; `svg:` or `math:` before it for those. */
export type ElementNode = readonly [
  id: number,
  kind: 1,
  tag: string,
  attributes: Attributes | 0,
  children: readonly Node[] | 0,
  more?: More,
]

/** What an element has beside attributes and children; left out where it is as usual. */
export interface More {
  /** Open shadow root. */
  shadow?: Root
  /** Document of an iframe whose content is there. */
  doc?: Root
  /** CSS of a `style`, or of a `link` to a stylesheet, as the browser has it now, with `asset:` addresses. */
  css?: string
  /** Width and height in CSS pixels of what could not be had: a frame of that size stands for it. */
  size?: readonly [number, number]
  /** Value of a field, masked or not. */
  value?: string
  checked?: boolean
  indeterminate?: boolean
  /** Of an option. */
  selected?: boolean
  /** Scrolled, in CSS pixels. */
  scroll?: readonly [number, number]
  /** A field or a place whose content is masked: an agent cannot act on it. */
  masked?: true
  /** A dialog that was opened as modal, a popover that is open; none: not any more. */
  top?: "modal" | "popover" | "none"
  /** Content of a canvas: hash of a picture. */
  picture?: string
  /** Seconds, and whether it plays. */
  media?: readonly [time: number, playing: boolean]
}

export type Node = TextNode | ElementNode

/** A document or shadow root. */
export interface Root {
  id: number
  children: readonly Node[]
  /** Adopted stylesheets, in order; the CSS itself in `sheet` events before. */
  sheets?: readonly number[]
  /** Of a document without a doctype. */
  quirks?: true
}

export interface Init {
  root: Root
  /** Viewport, CSS pixels. */
  width: number
  height: number
  /** Scrolled, CSS pixels. */
  scroll: readonly [number, number]
  /** Origin and path. */
  address: string
  title: string
  /** Focused element, 0 for none. */
  focus: number
  /** `prefers-color-scheme` of the page: media queries are answered for it. */
  dark: boolean
}

export type Event =
  | readonly ["init", Init]
  | readonly ["whole"]
  /** Children come in under `parent` before `next` (0: at the end), in this order. */
  | readonly ["add", parent: number, next: number, nodes: readonly Node[]]
  /** Known nodes go to `parent` before `next`, in this order; they are taken from where they were. */
  | readonly ["move", parent: number, next: number, ids: readonly number[]]
  /** All element and text children of `parent`, in their new order. */
  | readonly ["order", parent: number, ids: readonly number[]]
  | readonly ["gone", ids: readonly number[]]
  | readonly ["text", id: number, text: string]
  /** A piece in the middle of a text: from `start`, `remove` UTF-16 units go, `insert` comes. */
  | readonly ["splice", id: number, start: number, remove: number, insert: string]
  /** null: the attribute went. */
  | readonly ["attr", id: number, Readonly<Record<string, string | null>>]
  | readonly ["more", id: number, More]
  /** A shadow root was attached, or an iframe has another document. */
  | readonly ["root", host: number, "shadow" | "doc", Root]
  /** A constructed stylesheet: number, CSS. */
  | readonly ["sheet", number, css: string]
  | readonly ["sheets", root: number, readonly number[]]
  /** CSS of a `style` or `link` element, changed by script or loaded. */
  | readonly ["css", id: number, css: string]
  | readonly ["scroll", id: number, x: number, y: number]
  | readonly ["size", width: number, height: number]
  /** Cursor on a node (fractions of its box), so that it is right whatever the window's size; null: left the page. */
  | readonly ["cursor", readonly [id: number, x: number, y: number] | null]
  | readonly ["click"]
  | readonly ["focus", id: number]
  /** Selected text: begin and end as node and offset; null: none. */
  | readonly ["select", readonly [number, number, number, number] | null]
  | readonly ["title", string]
  | readonly ["address", string]

export type Message = readonly [time: number, ...events: Event[]]

/** Bytes of the JSON of one message; larger ones are cut before. */
export const MESSAGE_LIMIT = 8 * 1024 * 1024
/** Elements and texts of one page; a page with more is shown up to there, and says so. */
export const NODE_LIMIT = 400_000
/** An address in the stream of what is kept by its hash. */
export const ASSET = "asset:"
