import type { ServerBody } from "../contract/messages"
import type { Op, PageOutcome, PageReason, Shown } from "../page/acts"
import type { Event, More } from "../page/format"

/** What the panel on the page gives to the capture that it loads. */
export interface Host {
  /** Origin of the server. */
  base: string
  session: string
  /** Bearer token of this endpoint, as it is now. */
  access(): string | null
  /** Rules of the site. */
  rules: Rules
  language: string
  /** Text of the catalogue. */
  text(key: string, values?: Record<string, string>): string
  /** The panel's element: never captured, never acted on. */
  panel: Element
  /** Over the control socket; rejects with a code. */
  send(body: {
    type: "page.acted"
    act: string
    holder: string
    outcome: PageOutcome
    reason: PageReason | null
  }): Promise<void>
  /** Participants who may see, and who may act on, the page at this moment, by the grants that the panel knows. */
  viewers(): readonly string[]
  controllers(): readonly string[]
  /** Something to say to the page's own script: `page` event of the embed. */
  notify(detail: { state: "shown" | "hidden" | "alarm" }): void
}

export interface Rules {
  unmask: readonly string[]
  mask: readonly string[]
  risky: readonly string[]
  origins: readonly string[]
}

/** What the capture gives back. */
export interface Capture {
  /** The grants changed, or the person pressed Stop: what is not allowed any more ends in this very call. */
  changed(): void
  /** An event of the control socket. */
  heard(body: ServerBody): void
  /** Show the session's tabs again or not, for the page's own script: not without the consent. */
  pause(paused: boolean): void
  /** Over. */
  close(): void
}

/** Nodes and their numbers in this epoch. */
export interface Nodes {
  readonly epoch: number
  /** 0 when it has none. */
  idOf(node: Node): number
  /** The node, while it is in its document. */
  nodeOf(id: number): Node | null
}

/** In the element, in its parent, in its whole document or shadow root. */
export type Reach = "inside" | "around" | "root"

/** Decides what of the page leaves it. Every value passes here, in snapshots and changes alike. */
export interface Masker {
  /** Nothing of it and of what is in it: a block of its size stands for it. */
  hides(element: Element): boolean
  /** What is masked by itself is shown, as a rule of the site says. */
  shows(element: Element): boolean
  /** Where a change of this attribute, or of children (null), may change what is masked beside the element's own. */
  reach(attribute: string | null): Reach | null
  /** Text of a text node, of this parent. */
  text(text: string, parent: Element): string
  /** The attribute's value as it may be sent; null: left out. URLs come out absolute, without what must not be seen. */
  attribute(element: Element, name: string, value: string): string | null
  /** State of a field: value, checked, selected, `masked`. Empty for what is none. */
  field(element: Element): More
  /** An agent may not act on it, as what stands there is masked. */
  forbids(element: Element): boolean
  address(url: string): string
  title(title: string): string
}

/** Addresses of what the browser loads, to addresses that are kept by their hash. */
export interface Assets {
  /** `asset:<hash>` when it is known, else null; then `later` is called when it is, with the address or null. */
  get(url: string, kind: "image" | "font" | "style" | "media", later: (address: string | null) => void): string | null
  /** CSS with its `url()` and `@import` taken care of; `base`: the address that relative ones are relative to. Calls
   * `later` with better CSS when what was missing has come. */
  css(text: string, base: string, later: (text: string) => void): string
  /** Text of a stylesheet that the page may not read; null when the server cannot have it either. */
  sheet(url: string): Promise<string | null>
  /** A picture that is in memory only, of a canvas or a blob: address. */
  put(picture: Blob): Promise<string | null>
  close(): void
}

/** Where the engine puts what happened. It is sent at once, together with what happened in the same turn. */
export type Emit = (event: Event) => void

/** Carries out what staff does. */
export interface Actor {
  act(
    op: Op,
    epoch: number,
    by: { id: string; name: string },
    tell: (outcome: PageOutcome, reason: PageReason | null) => void,
  ): void
  show(shown: Shown, epoch: number, by: { id: string; name: string }): void
  /** Nothing that is under way goes on; nothing that was drawn stays. */
  stop(): void
}
