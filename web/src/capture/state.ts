import type { More } from "../page/format"
import type { Canvases } from "./canvas"
import type { Entry, Registry } from "./nodes"
import type { Emit, Masker } from "./parts"
import type { Fields } from "./statefields"
import { Pointer } from "./statepointer"
import { selectionOf } from "./stateselect"

/** Told of what loads, which may be another picture, stylesheet or document. */
export interface Loads {
  loaded(entry: Entry): void
}

const EVERYWHERE = ["change", "scroll", "toggle", "load", "play", "pause", "seeked", "ended", "close"]
const DOCUMENT = [
  ...["input", "reset", "click", "focusin", "focusout", "selectionchange", "pointermove"],
  "pointerdown",
]
const LEAVES = "pointerleave"
/** Of a title or address. */
const LONGEST = 4000

/** What a page is beside its tree: scrolled, focused, selected, pointed at, played, open. */
export class State {
  readonly #registry: Registry
  readonly #document: Document
  readonly #masker: Masker
  readonly #emit: Emit
  readonly #fields: Fields
  readonly #canvases: Canvases
  readonly #pointer: Pointer
  /** Something is to be flushed. */
  readonly #kick: () => void
  readonly #loads: Loads
  readonly #scrolled = new Set<Entry>()
  readonly #played = new Set<Entry>()
  readonly #tops = new Map<Entry, NonNullable<More["top"]>>()
  #focus = 0
  #focused = false
  #select = "null"
  #selected = false
  #clicked = 0
  #title = ""
  #address = ""
  #size = ""

  constructor(parts: {
    registry: Registry
    document: Document
    masker: Masker
    emit: Emit
    fields: Fields
    canvases: Canvases
    kick: () => void
    loads: Loads
  }) {
    this.#registry = parts.registry
    this.#document = parts.document
    this.#masker = parts.masker
    this.#emit = parts.emit
    this.#fields = parts.fields
    this.#canvases = parts.canvases
    this.#kick = parts.kick
    this.#loads = parts.loads
    this.#pointer = new Pointer(parts.registry, parts.emit, parts.kick)
  }

  /** As it is at the beginning. */
  begin(): { width: number; height: number; address: string; title: string; scroll: [number, number] } {
    const view = this.#document.defaultView as Window
    view.addEventListener("resize", this)
    view.addEventListener("popstate", this)
    const { scrollX, scrollY } = view
    const { width, height } = this.#viewport()
    this.#size = `${width} ${height}`
    this.#title = this.#document.title
    this.#address = this.#document.URL
    return {
      ...{ width, height, scroll: [scrollX, scrollY] },
      address: this.#masker.address(this.#address).slice(0, LONGEST),
      title: this.#masker.title(this.#title).slice(0, LONGEST),
    }
  }

  end(): void {
    const view = this.#document.defaultView
    view?.removeEventListener("resize", this)
    view?.removeEventListener("popstate", this)
    this.#pointer.clear()
    this.#scrolled.clear()
    this.#played.clear()
    this.#tops.clear()
    this.#fields.clear()
    this.#canvases.clear()
    this.#focus = 0
    this.#select = "null"
    this.#clicked = 0
  }

  watch(root: Document | ShadowRoot): void {
    for (const name of EVERYWHERE) root.addEventListener(name, this, { capture: true, passive: true })
    if (root.nodeType !== 9) return
    for (const name of DOCUMENT) root.addEventListener(name, this, { capture: true, passive: true })
    ;(root as Document).documentElement?.addEventListener(LEAVES, this, { passive: true })
  }

  unwatch(root: Document | ShadowRoot): void {
    for (const name of EVERYWHERE) root.removeEventListener(name, this, { capture: true })
    for (const name of DOCUMENT) root.removeEventListener(name, this, { capture: true })
    if (root.nodeType === 9) (root as Document).documentElement?.removeEventListener(LEAVES, this)
  }

  /** An element that is to be sent. */
  enter(entry: Entry, element: Element, kind: string, more: More): void {
    this.#fields.enter(entry, kind, more)
    if (more.top) this.#tops.set(entry, more.top)
    if (kind === "canvas") this.#canvases.add(entry)
    if (kind === "video" || kind === "audio") {
      const { currentTime, paused } = element as HTMLMediaElement
      if (currentTime > 0 || !paused) more.media = [currentTime, !paused]
    }
  }

  forget(entry: Entry): void {
    this.#fields.forget(entry)
    this.#canvases.forget(entry)
    this.#scrolled.delete(entry)
    this.#played.delete(entry)
    this.#tops.delete(entry)
  }

  handleEvent(event: Event): void {
    const target = event.composedPath()[0] as Node
    const entry = target.nodeType ? this.#registry.get(target) : undefined
    switch (event.type) {
      case "pointermove":
      case "pointerdown":
        // What is done for the agent is not the customer's hand.
        if (event.isTrusted) this.#pointer.moved(event as PointerEvent, target)
        break
      case LEAVES:
        if (event.isTrusted) this.#pointer.left()
        break
      case "input":
      case "change":
        this.#fields.mark(target)
        break
      case "reset":
        this.#fields.markAll()
        break
      case "scroll":
        if (entry) this.#scrolled.add(entry)
        break
      case "focusin":
      case "focusout":
        this.#focused = true
        break
      case "selectionchange":
        this.#selected = true
        break
      case "click":
        if (event.isTrusted) this.#clicked++
        break
      case "load":
        if (entry) this.#loads.loaded(entry)
        break
      case "toggle":
      case "close":
        if (entry) this.opened(entry)
        break
      case "resize":
      case "popstate":
        this.check()
        break
      default:
        if (entry) this.#played.add(entry)
    }
    this.#kick()
  }

  /** An attribute of a field changed. */
  mark(field: Node): void {
    this.#fields.mark(field)
  }

  /** A dialog or popover was opened or closed. */
  opened(entry: Entry): void {
    const { element } = entry
    const dialog = element.localName === "dialog"
    if (!dialog && !(element as HTMLElement).popover) return
    const modal = dialog && element.matches(":modal")
    const top = modal ? "modal" : element.matches(":popover-open") ? "popover" : "none"
    if (top === (this.#tops.get(entry) ?? "none")) return
    this.#tops.set(entry, top)
    this.#emit(["more", entry.id, { top }])
  }

  flush(): void {
    this.#fields.flush()
    for (const entry of this.#scrolled) this.#scroll(entry)
    this.#scrolled.clear()
    for (const entry of this.#played) {
      const { currentTime, paused } = entry.node as HTMLMediaElement
      if (currentTime !== undefined) this.#emit(["more", entry.id, { media: [currentTime, !paused] }])
    }
    this.#played.clear()
    this.#pointer.flush()
    for (; this.#clicked > 0; this.#clicked--) this.#emit(["click"])
    this.#focusing()
    if (!this.#selected) return
    this.#selected = false
    const select = selectionOf(this.#document, this.#registry)
    const text = JSON.stringify(select)
    if (text === this.#select) return
    this.#select = text
    this.#emit(["select", select])
  }

  /** What changes without an event. */
  check(): void {
    this.#fields.check()
    const { title, URL: url } = this.#document
    if (title !== this.#title) {
      this.#title = title
      this.#emit(["title", this.#masker.title(title).slice(0, LONGEST)])
    }
    if (url !== this.#address) {
      this.#address = url
      this.#emit(["address", this.#masker.address(url).slice(0, LONGEST)])
    }
    const { width, height } = this.#viewport()
    if (`${width} ${height}` === this.#size) return
    this.#size = `${width} ${height}`
    this.#emit(["size", width, height])
  }

  /** Number of the focused element, through frames and shadow roots. */
  focusOf(): number {
    let at: Element | null = this.#document.activeElement
    let found = 0
    while (at && at !== at.ownerDocument.body) {
      const entry = this.#registry.get(at)
      if (!entry) break
      found = entry.id
      const inner = entry.shadow ?? entry.doc
      at = (inner?.node as Document | ShadowRoot | undefined)?.activeElement ?? null
    }
    return found
  }

  #focusing(): void {
    if (!this.#focused) return
    this.#focused = false
    const focus = this.focusOf()
    if (focus !== this.#focus) this.#emit(["focus", focus])
    this.#focus = focus
  }

  #scroll(entry: Entry): void {
    if (!this.#registry.has(entry)) return
    if (entry.node.nodeType === 9) {
      const view = (entry.node as Document).defaultView
      if (view) this.#emit(["scroll", entry.id, view.scrollX, view.scrollY])
    } else this.#emit(["scroll", entry.id, entry.element.scrollLeft, entry.element.scrollTop])
  }

  #viewport(): { width: number; height: number } {
    const { innerWidth: width, innerHeight: height } = this.#document.defaultView as Window
    return { width: Math.max(1, width), height: Math.max(1, height) }
  }
}
