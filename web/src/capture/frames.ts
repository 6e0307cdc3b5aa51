import type { Root } from "../page/format"
import type { Entry, Registry } from "./nodes"

/** Told of frames whose document the page may not read: they may have a capture of their own. */
export interface ForeignFrames {
  found(frame: HTMLIFrameElement, id: number): void
  gone(id: number): void
}

/** The document in a frame of the same origin; null for others. */
export function documentOf(frame: Element): Document | null {
  try {
    const inner = (frame as HTMLIFrameElement).contentDocument
    return inner?.documentElement && inner.defaultView ? inner : null
  } catch {
    return null
  }
}

/** What is done with documents of frames. */
export interface Documents {
  /** The frame has another document: say it. */
  changed(entry: Entry): void
}

/** Frames that the view has: which document each shows. */
export class Frames {
  readonly #registry: Registry
  readonly #foreign: ForeignFrames | undefined
  readonly #documents: Documents
  readonly #all = new Set<Entry>()
  readonly #told = new Set<Entry>()

  constructor(registry: Registry, foreign: ForeignFrames | undefined, documents: Documents) {
    this.#registry = registry
    this.#foreign = foreign
    this.#documents = documents
  }

  add(entry: Entry): void {
    this.#all.add(entry)
  }

  forget(entry: Entry): void {
    if (!this.#all.delete(entry)) return
    if (this.#told.delete(entry)) this.#foreign?.gone(entry.id)
  }

  clear(): void {
    for (const entry of this.#told) this.#foreign?.gone(entry.id)
    this.#told.clear()
    this.#all.clear()
  }

  /** Whether frames still show what was sent of them. Cheap: often called. */
  check(): void {
    for (const entry of this.#all) this.checkOne(entry)
  }

  checkOne(entry: Entry): void {
    if (!this.#registry.has(entry) || !this.#all.has(entry) || !entry.node.isConnected) return
    const inner = documentOf(entry.element)
    const quirks = inner?.compatMode === "BackCompat"
    if (inner !== (entry.doc?.node ?? null) || (entry.doc && (entry.doc.level === QUIRKS) !== quirks)) {
      this.#documents.changed(entry)
    }
    if (inner === null && !this.#told.has(entry)) {
      this.#told.add(entry)
      this.#foreign?.found(entry.node as HTMLIFrameElement, entry.id)
    } else if (inner !== null && this.#told.delete(entry)) this.#foreign?.gone(entry.id)
  }
}

/** Mark of an entry of a document without a doctype. */
export const QUIRKS = 3

/** A root as it is sent, without its children. */
export function rootOf(entry: Entry, sheets: readonly number[] | undefined): Omit<Root, "children"> {
  const root: Omit<Root, "children"> = { id: entry.id }
  if (sheets) root.sheets = sheets
  if (entry.level === QUIRKS) root.quirks = true
  return root
}
