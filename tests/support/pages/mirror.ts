// A page and its view without a server between them: what the one says goes to the other by a BroadcastChannel.
import { Engine } from "../../../web/src/capture/engine"
import type { Assets, Masker } from "../../../web/src/capture/parts"
import type { Event } from "../../../web/src/page/format"
import { read } from "../../../web/src/page/read"
import { attribute } from "../../../web/src/view/allow"
import { Goes } from "../../../web/src/view/live"
import { pieces } from "../../../web/src/view/slices"
import { HOVER } from "../../../web/src/view/styles"
import { Tree } from "../../../web/src/view/tree"
import { Fuzz } from "./mirror_fuzz"

/** Shows everything but what a test hides. */
const OPEN: Masker = {
  hides: (element) => element.classList.contains("hidden-block"),
  shows: () => false,
  reach: () => null,
  text: (text, parent) => (parent.closest(".secret") ? text.replace(/\S/g, "•") : text),
  attribute: (_, name, value) => (name.startsWith("on") ? null : value),
  field: (element) => {
    const { localName, type, value, checked } = element as HTMLInputElement
    if (localName === "option") return { selected: (element as unknown as HTMLOptionElement).selected }
    if (localName === "textarea") return { value }
    if (localName !== "input") return {}
    return type === "checkbox" || type === "radio" ? { checked } : { value }
  },
  forbids: () => false,
  address: (url) => url,
  title: (title) => title,
}

const NONE: Assets = {
  get: () => null,
  css: (text) => text,
  sheet: async () => null,
  put: async () => "ab".repeat(32),
  close: () => {},
}

/** Longest task, ms, as the browser sees it: tasks under 50 ms are not told. */
function longest(): { longest: number; all: number[] } {
  const seen = { longest: 0, all: [] as number[] }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      seen.all.push(duration)
      seen.longest = Math.max(seen.longest, duration)
    }
  }).observe({ type: "longtask" })
  return seen
}

class Source {
  readonly tasks = longest()
  bytes = 0
  messages = 0
  whole = false
  /** Events by name. */
  events: Record<string, number> = {}
  log: Event[] = []
  keep = false
  readonly #channel: BroadcastChannel
  #batch: Event[] = []
  readonly engine: Engine
  #began = 0

  constructor(name: string, slice?: number) {
    this.#channel = new BroadcastChannel(name)
    this.engine = new Engine({
      document,
      masker: OPEN,
      assets: NONE,
      emit: (event) => this.#emit(event),
      exclude: (element) => element.id === "deskside-panel",
      slice,
    })
  }

  start(): void {
    this.#began = performance.now()
    this.whole = false
    this.engine.start(this.engine.nodes.epoch + 1)
  }

  stop(): void {
    this.engine.stop()
  }

  reset(): void {
    this.bytes = this.messages = this.tasks.longest = 0
    this.tasks.all = []
    this.events = {}
  }

  #emit(event: Event): void {
    if (this.#batch.push(event) > 1) return
    queueMicrotask(() => {
      const text = JSON.stringify([Math.round(performance.now() - this.#began), ...this.#batch])
      for (const one of this.#batch) {
        this.events[one[0]] = (this.events[one[0]] ?? 0) + 1
        if (this.keep) this.log.push(one)
        if (one[0] === "whole") this.whole = true
      }
      this.#batch = []
      this.bytes += text.length
      this.messages++
      this.#channel.postMessage(text)
    })
  }
}

class Mirror {
  readonly tasks = longest()
  readonly errors: string[] = []
  readonly tree: Tree
  applied = 0
  readonly #goes = new Goes((error) => this.errors.push(String(error)))

  constructor(name: string) {
    const frame = document.createElement("iframe")
    frame.setAttribute("sandbox", "allow-same-origin")
    frame.style.cssText = "border:0;width:1280px;height:720px"
    document.body.append(frame)
    this.tree = new Tree(frame, { url: () => null })
    new BroadcastChannel(name).onmessage = ({ data }) => this.#goes.add(this.#apply(data))
  }

  *#apply(data: string): Generator<void, void, void> {
    const [, ...events] = read(JSON.parse(data))
    yield
    for (const event of events) {
      for (const piece of pieces(event)) {
        const { lost } = this.tree
        this.tree.apply(piece)
        if (this.tree.lost > lost) this.errors.push(`lost: ${JSON.stringify(piece).slice(0, 200)}`)
        yield
      }
    }
    this.applied++
  }
}

const LEAVES = new Set(["script", "noscript", "style", "textarea", "title", "canvas", "template", "video", "audio"])
const OURS = new Set(["autocomplete", "sandbox", HOVER])
const STAND_INS = /^(?:script|meta|template|base|link|object|embed|param)$/

/** A document as text: what of it is to be in the view, or what is there. */
function written(root: Document, view: boolean): string[] {
  const out: string[] = []
  const open = (node: Node): void => {
    if (node.nodeType === 3) {
      out.push(`"${(node as Text).data}`)
      return
    }
    if (node.nodeType !== 1) return
    const element = node as Element
    const kind = element.localName
    if (element.id === "deskside-panel") return
    out.push(view || !STAND_INS.test(kind) ? `<${kind.startsWith("deskside-") ? "*" : kind}` : "<*")
    if (kind.startsWith("deskside-") || STAND_INS.test(kind)) {
      out.push(">")
      return
    }
    out.push(...attributesOf(element, view), ...stateOf(element))
    if (element.shadowRoot) {
      out.push("#shadow", `sheets ${element.shadowRoot.adoptedStyleSheets.map(cssOf).join("|")}`)
      for (const child of element.shadowRoot.childNodes) open(child)
      out.push("/shadow")
    }
    if (kind === "style") out.push(cssOf((element as HTMLStyleElement).sheet))
    if (kind === "iframe") {
      const inner = (element as HTMLIFrameElement).contentDocument
      out.push(`#doc ${inner?.compatMode}`)
      if (inner?.documentElement) open(inner.documentElement)
    } else if (!LEAVES.has(kind)) for (const child of element.childNodes) open(child)
    out.push(">")
  }
  out.push(root.compatMode, `sheets ${root.adoptedStyleSheets.map(cssOf).join("|")}`)
  open(root.documentElement)
  return out
}

/** The same for the same text; so that large pages need not be carried to and fro to be compared. */
function print(root: Document, view: boolean): string {
  const all = written(root, view)
  let hash = 0
  for (const one of all) for (let i = 0; i < one.length; i++) hash = (Math.imul(hash, 31) + one.charCodeAt(i)) | 0
  return `${all.length} ${hash}`
}

function cssOf(sheet: CSSStyleSheet | null): string {
  return [...(sheet?.cssRules ?? [])].map((rule) => rule.cssText).join(" ")
}

function attributesOf(element: Element, view: boolean): string[] {
  const tag = element.namespaceURI?.endsWith("svg") ? `svg:${element.localName}` : element.localName
  const all: string[] = []
  for (const { name, value } of element.attributes) {
    if (OURS.has(name) || (tag === "iframe" && name === "tabindex")) continue
    const kept = view ? value : attribute(tag, name, value, () => null)
    if (kept !== null) all.push(`${name}=${kept}`)
  }
  return all.sort()
}

function stateOf(element: Element): string[] {
  const { localName, value, checked, type } = element as HTMLInputElement
  if (localName === "option") return [`selected ${(element as unknown as HTMLOptionElement).selected}`]
  if (localName === "dialog") return [`modal ${element.matches(":modal")}`]
  if (localName === "textarea") return [`value ${value}`]
  if (localName !== "input") return []
  return [type === "checkbox" || type === "radio" ? `checked ${checked}` : `value ${value}`]
}

/** Rows and columns, and a way to sort them. */
function table(rows: number, columns: number): void {
  const body = document.createElement("tbody")
  for (let row = 0; row < rows; row++) {
    const tr = document.createElement("tr")
    for (let column = 0; column < columns; column++) {
      const td = document.createElement("td")
      td.className = `c${column}`
      td.textContent = column === 0 ? String((row * 7919) % rows) : `row ${row} column ${column}`
      tr.append(td, "\n")
    }
    body.append(tr, "\n")
  }
  const all = document.createElement("table")
  all.append(body)
  document.body.append(all)
}

function sort(): void {
  const body = document.querySelector("tbody") as HTMLTableSectionElement
  const key = (row: HTMLTableRowElement) => Number(row.cells[0]?.textContent)
  body.append(...[...body.rows].sort((a, b) => key(a) - key(b)))
}

function reverse(): void {
  const body = document.querySelector("tbody") as HTMLTableSectionElement
  body.append(...[...body.rows].reverse())
}

Object.assign(globalThis, { harness: { Source, Mirror, Fuzz, written, print, table, sort, reverse } })
