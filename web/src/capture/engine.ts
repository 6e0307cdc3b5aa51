import type { Event, Root } from "../page/format"
import { Canvases } from "./canvas"
import { depthOf, inSightOf } from "./enginefirst"
import { listenTo } from "./enginehooks"
import { Look } from "./enginelook"
import { Walk } from "./enginetree"
import { documentOf, type ForeignFrames, Frames, QUIRKS, rootOf } from "./frames"
import { type Entry, Registry } from "./nodes"
import { textChange } from "./nodesorder"
import { LONGEST_NAME, Writer } from "./nodeswrite"
import type { Assets, Emit, Masker, Nodes } from "./parts"
import { State } from "./state"
import { Fields } from "./statefields"
import { Styles } from "./styles"

export interface EngineOptions {
  document: Document
  masker: Masker
  assets: Assets
  emit: Emit
  /** Our own panel, and what we draw on the page. */
  exclude: (element: Element) => boolean
  frames?: ForeignFrames
  /** Whether more may be sent now; asked before each slice. What waits is merged, not queued. */
  ready?: () => boolean
  /** Nodes of one slice. */
  slice?: number
}

/** Milliseconds, and nodes, of one slice. Writing it as JSON, and sending it, comes on top. */
const SLICE_MS = 12
const SLICE_NODES = 2000
/** Between looks at what changes without an event, ms. */
const TICK = 250
/** After so long of one slice after another the page gets half of the time, ms. */
const BUSY = 2000
const NOT_READY = 30

/**
 * Sees what the page is, and says each change of it. Nothing is looked at before `start` and nothing is said after
 * `stop`, which is at once. The browser's observers only say where to look; what is sent is the difference between the
 * page as it is then and what was sent.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #registry: Registry
  readonly #styles: Styles
  readonly #frames: Frames
  readonly #state: State
  readonly #canvases: Canvases
  readonly #writer: Writer
  readonly #walk: Walk
  readonly #look: Look
  readonly #roots = new Set<Entry>()
  readonly #unhook = new Map<Window, () => void>()
  readonly #dirty = new Set<Entry>()
  readonly #attributes = new Map<Entry, Set<string>>()
  readonly #texts = new Set<Entry>()
  readonly #hosts = new Set<Entry>()
  #observer: MutationObserver | null = null
  #channel: MessageChannel | null = null
  #tick: ReturnType<typeof setInterval> | undefined
  #wait: ReturnType<typeof setTimeout> | undefined
  #kicked = false
  #running = false
  #held: Event[] | null = null
  #whole = false
  #busySince = 0

  constructor(options: EngineOptions) {
    this.#options = options
    const { document, masker, assets, exclude, frames } = options
    const emit: Emit = (event) => {
      if (this.#held) this.#held.push(event)
      else if (this.#running) options.emit(event)
    }
    const registry = new Registry((entry) => this.#forgotten(entry))
    const kick = () => this.#kick()
    this.#registry = registry
    this.#styles = new Styles(registry, assets, emit)
    this.#canvases = new Canvases(registry, assets, emit)
    this.#frames = new Frames(registry, frames, { changed: (entry) => this.#framed(entry) })
    this.#state = new State({
      ...{ registry, document, masker, emit, kick, canvases: this.#canvases },
      fields: new Fields(registry, masker, emit),
      loads: { loaded: (entry) => this.#loaded(entry) },
    })
    this.#writer = new Writer(registry, masker, assets, emit, exclude, this.#styles, this.#frames, this.#state)
    this.#writer.root = (node, host, depth) => this.#root(node, host, depth)
    this.#walk = new Walk(registry, this.#writer, emit)
    this.#look = new Look(registry, masker, (entry) => this.#renewed(entry))
  }

  get nodes(): Nodes {
    return this.#registry
  }

  /** The next free number, for nodes of another document in the same epoch. */
  number(): number {
    return this.#registry.number()
  }

  /** Sends `init` in the same task, with what is in sight; the rest follows in slices, then `whole`. */
  start(epoch: number): void {
    this.stop()
    this.#running = true
    this.#whole = false
    this.#registry.begin(epoch)
    const { document } = this.#options
    const view = document.defaultView as Window
    this.#channel = new MessageChannel()
    this.#channel.port1.onmessage = () => this.#run()
    this.#observer = new MutationObserver((records) => this.#changed(records))
    const at = this.#state.begin()
    this.#walk.begin(performance.now() + SLICE_MS, this.#options.slice ?? SLICE_NODES, inSightOf(view))
    // Sheets that are found on the way: a page begins with `init`, and all else comes after it.
    const held: Event[] = []
    this.#held = held
    const root = this.#root(document, null, 0)
    this.#held = null
    this.#options.emit([
      "init",
      { root, ...at, focus: this.#state.focusOf(), dark: view.matchMedia("(prefers-color-scheme: dark)").matches },
    ])
    for (const event of held) this.#options.emit(event)
    this.#walk.finish(false)
    this.#tick = setInterval(() => this.#check(), TICK)
    this.#kick()
  }

  stop(): void {
    if (!this.#running) return
    this.#running = false
    this.#observer?.disconnect()
    this.#observer = null
    this.#channel?.port1.close()
    this.#channel = null
    this.#kicked = false
    clearInterval(this.#tick)
    clearTimeout(this.#wait)
    for (const root of this.#roots) this.#state.unwatch(root.node as Document)
    this.#roots.clear()
    for (const undo of this.#unhook.values()) undo()
    this.#unhook.clear()
    for (const set of [this.#dirty, this.#texts, this.#hosts, this.#attributes]) set.clear()
    this.#walk.clear()
    this.#look.clear()
    this.#frames.clear()
    this.#styles.clear()
    this.#state.end()
    this.#registry.clear()
  }

  #kick(): void {
    if (this.#kicked || !this.#channel) return
    this.#kicked = true
    this.#channel.port2.postMessage(0)
  }

  #root(node: Document | ShadowRoot, host: Entry | null, depth: number): Root {
    const entry = this.#registry.add(node)
    if (host) {
      entry.parent = host
      entry.depth = host.depth + 1
      if (node.nodeType === 9) host.doc = entry
      else host.shadow = entry
    }
    if ((node as Document).compatMode === "BackCompat") entry.level = QUIRKS
    this.#roots.add(entry)
    this.#observer?.observe(node, { attributes: true, characterData: true, childList: true, subtree: true })
    this.#state.watch(node)
    const view = (node as Document).defaultView
    if (view && !this.#unhook.has(view)) this.#unhook.set(view, listenTo(view, this.#heard))
    const root = rootOf(entry, this.#styles.adopted(entry))
    return { ...root, children: this.#walk.children(entry, depth) || [] }
  }

  readonly #heard = {
    attached: (host: Element) => {
      const entry = this.#registry.get(host)
      if (!entry) return
      this.#hosts.add(entry)
      this.#kick()
    },
    restyled: (sheet: CSSStyleSheet) => {
      this.#styles.touch(sheet)
      this.#kick()
    },
  }

  #forgotten(entry: Entry): void {
    if (this.#roots.delete(entry)) {
      this.#state.unwatch(entry.node as Document)
      const view = (entry.node as Document).defaultView
      if (view) {
        this.#unhook.get(view)?.()
        this.#unhook.delete(view)
      }
    }
    this.#styles.forget(entry)
    this.#frames.forget(entry)
    this.#state.forget(entry)
  }

  #changed(records: readonly MutationRecord[]): void {
    for (const { type, target, attributeName } of records) {
      const entry = this.#registry.get(target)
      if (!entry) {
        // Text that is not sent: of a stylesheet.
        const parent = target.parentNode && this.#registry.get(target.parentNode)
        if (parent?.closed) this.#styles.mark(parent)
      } else if (type === "childList") {
        if (entry.closed) this.#styles.mark(entry)
        else this.#dirty.add(entry)
        this.#look.changed(entry, null)
      } else if (type === "attributes") {
        const names = this.#attributes.get(entry)
        if (names) names.add(attributeName as string)
        else this.#attributes.set(entry, new Set([attributeName as string]))
        this.#look.changed(entry, attributeName)
      } else this.#texts.add(entry)
    }
    this.#kick()
  }

  #run(): void {
    this.#kicked = false
    if (!this.#running) return
    if (this.#options.ready && !this.#options.ready()) {
      this.#later(NOT_READY)
      return
    }
    const records = this.#observer?.takeRecords() ?? []
    if (records.length > 0) {
      this.#kicked = true
      this.#changed(records)
      this.#kicked = false
    }
    const began = performance.now()
    this.#walk.begin(began + SLICE_MS, this.#options.slice ?? SLICE_NODES)
    const all = this.#structure()
    this.#values()
    const looked = this.#look.work(began, began + SLICE_MS)
    this.#styles.flush()
    this.#state.flush()
    if (all && looked && this.#walk.idle) {
      this.#busySince = 0
      if (!this.#whole) {
        this.#whole = true
        this.#options.emit(["whole"])
      }
      return
    }
    this.#busySince ||= began
    if (this.#whole && began - this.#busySince > BUSY) this.#later(performance.now() - began)
    else this.#kick()
  }

  #later(wait: number): void {
    this.#kicked = true
    this.#wait = setTimeout(() => this.#run(), wait)
  }

  /** False when changes are left that were not looked at. */
  #structure(): boolean {
    for (const entry of this.#hosts) this.#attached(entry)
    this.#hosts.clear()
    if (this.#dirty.size > 0) {
      // From the top: what is above is in place before what is in it.
      const dirty = [...this.#dirty].map((entry) => [depthOf(entry.node), entry] as const)
      dirty.sort(([a], [b]) => a - b)
      for (const [, entry] of dirty) {
        if (this.#walk.over) break
        this.#dirty.delete(entry)
        if (this.#registry.has(entry) && entry.node.isConnected) this.#walk.reconcile(entry)
      }
    }
    if (this.#dirty.size === 0) this.#walk.work()
    this.#walk.finish(this.#dirty.size === 0)
    this.#frames.check()
    return this.#dirty.size === 0
  }

  #values(): void {
    for (const entry of this.#texts) {
      if (!this.#registry.has(entry)) continue
      const text = this.#writer.textOf(entry.node as Text)
      if (text === entry.text) continue
      const event = textChange(entry.id, entry.text, text)
      entry.text = text
      this.#options.emit(event)
    }
    this.#texts.clear()
    for (const [entry, names] of this.#attributes) {
      this.#attributes.delete(entry)
      if (this.#registry.has(entry)) this.#attributed(entry, names)
    }
  }

  #attributed(entry: Entry, names: ReadonlySet<string>): void {
    const { element } = entry
    // What it says of itself decides what of it may be seen.
    if (this.#renewed(entry)) {
      this.#kick()
      return
    }
    const changes: Record<string, string | null> = {}
    for (const name of names) {
      if (name.length > LONGEST_NAME) continue
      const value = element.getAttribute(name)
      changes[name] = value === null ? null : this.#writer.attribute(entry, name, value)
    }
    if (Object.keys(changes).length > 0) this.#options.emit(["attr", entry.id, changes])
    const kind = element.localName
    if (kind === "style" || kind === "link") this.#styles.mark(entry)
    if (names.has("open") || names.has("popover")) this.#state.opened(entry)
    if (kind === "input" || kind === "option" || kind === "textarea") this.#state.mark(element)
    if (names.has("srcset") || names.has("src")) this.#loaded(entry)
  }

  #renewed(entry: Entry): boolean {
    const differs = entry.parent !== null && this.#writer.differs(entry)
    if (differs) this.#walk.again(entry)
    return differs
  }

  #attached(host: Entry): void {
    const { shadowRoot } = host.element
    if (!shadowRoot || host.shadow || !this.#registry.has(host)) return
    this.#options.emit(["root", host.id, "shadow", this.#root(shadowRoot, host, 0)])
  }

  /** A frame has another document, or none that may be read. */
  #framed(entry: Entry): void {
    if (entry.doc) {
      const { doc } = entry
      entry.doc = null
      this.#registry.forget(doc)
      this.#walk.prune()
    }
    const inner = documentOf(entry.element)
    const root: Root = inner ? this.#root(inner, entry, 0) : { id: this.#registry.number(), children: [] }
    this.#options.emit(["root", entry.id, "doc", root])
    this.#kick()
  }

  #loaded(entry: Entry): void {
    const kind = entry.element.localName
    if (kind === "link") this.#styles.mark(entry)
    else if (kind === "iframe" || kind === "frame") this.#frames.checkOne(entry)
    else if (kind === "img") {
      const event = this.#writer.chosen(entry)
      if (event) this.#options.emit(event)
    }
  }

  #check(): void {
    const { document } = this.#options
    if (document.visibilityState !== "visible" || !this.#whole) return
    this.#styles.check()
    this.#frames.check()
    this.#canvases.check()
    this.#state.check()
    if (this.#look.waits) this.#kick()
  }
}
