import type { Entry, Registry } from "./nodes"
import type { Assets, Emit } from "./parts"

/** What is known of the sheet of a `style` or `link`, or of a constructed one. */
interface Known {
  sheet: CSSStyleSheet | null
  rules: number
  disabled: boolean
}

/** Stylesheets: of elements by the element, constructed ones by numbers. */
export class Styles {
  readonly #registry: Registry
  readonly #assets: Assets
  readonly #emit: Emit
  readonly #elements = new Map<Entry, Known>()
  readonly #roots = new Map<Entry, readonly CSSStyleSheet[]>()
  #numbers = new WeakMap<CSSStyleSheet, number>()
  #counts = new WeakMap<CSSStyleSheet, number>()
  readonly #dirty = new Set<Entry>()
  readonly #touched = new Set<CSSStyleSheet>()
  /** Not any more what their elements say. */
  #scripted = new WeakSet<CSSStyleSheet>()

  constructor(registry: Registry, assets: Assets, emit: Emit) {
    this.#registry = registry
    this.#assets = assets
    this.#emit = emit
  }

  clear(): void {
    this.#elements.clear()
    this.#roots.clear()
    this.#dirty.clear()
    this.#touched.clear()
    this.#numbers = new WeakMap()
    this.#counts = new WeakMap()
  }

  /** CSS of a `style` or of a `link` to a stylesheet; undefined: none, or not yet. */
  css(entry: Entry): string | undefined {
    const element = entry.node as HTMLStyleElement | HTMLLinkElement
    const { sheet } = element
    this.#elements.set(entry, { sheet, rules: countOf(sheet), disabled: sheet?.disabled ?? false })
    if (!sheet || sheet.disabled) return sheet ? "" : undefined
    const base = sheet.href ?? element.baseURI
    const written = element.localName === "style" && !this.#scripted.has(sheet) ? element.textContent : null
    const text = textOf(sheet, written)
    if (text !== null) {
      if (sheet.href && LOST.test(text)) this.#fetch(entry, sheet)
      return this.#rewritten(entry, sheet, text, base)
    }
    const { href } = sheet
    if (href) {
      this.#assets.sheet(href).then((got) => {
        if (got !== null && this.#is(entry, sheet)) {
          this.#emit(["css", entry.id, this.#rewritten(entry, sheet, got, href)])
        }
      })
    }
    return undefined
  }

  /** Numbers of the constructed sheets of a root, told before it. */
  adopted(root: Entry): readonly number[] | undefined {
    const sheets = adoptedOf(root)
    this.#roots.set(root, sheets)
    return sheets.length > 0 ? sheets.map((sheet) => this.#number(sheet)) : undefined
  }

  /** The element's text, address or media changed, or it has loaded. */
  mark(entry: Entry): void {
    if (this.#elements.has(entry) || isSheet(entry.element)) this.#dirty.add(entry)
  }

  /** Rules of a sheet were changed by script. */
  touch(sheet: CSSStyleSheet): void {
    this.#scripted.add(sheet)
    const owner = sheet.ownerNode
    if (!owner) this.#touched.add(sheet)
    else {
      const entry = this.#registry.get(owner)
      if (entry) this.#dirty.add(entry)
    }
  }

  forget(entry: Entry): void {
    this.#elements.delete(entry)
    this.#roots.delete(entry)
    this.#dirty.delete(entry)
  }

  get waits(): boolean {
    return this.#dirty.size > 0 || this.#touched.size > 0
  }

  flush(): void {
    for (const entry of this.#dirty) {
      this.#dirty.delete(entry)
      if (!this.#registry.has(entry)) continue
      const css = this.css(entry)
      if (css !== undefined) this.#emit(["css", entry.id, css])
      else if (this.#elements.get(entry)?.sheet === null) this.#emit(["css", entry.id, ""])
    }
    for (const sheet of this.#touched) {
      this.#touched.delete(sheet)
      const number = this.#numbers.get(sheet)
      if (number !== undefined) this.#send(number, sheet)
    }
  }

  /** What changes without a word: rules, `disabled`, the sheets that a root adopts. */
  check(): void {
    for (const [entry, known] of this.#elements) {
      const { sheet } = entry.node as HTMLStyleElement
      if (sheet !== known.sheet || countOf(sheet) !== known.rules || (sheet?.disabled ?? false) !== known.disabled) {
        this.#dirty.add(entry)
      }
    }
    for (const [root, last] of this.#roots) {
      const now = adoptedOf(root)
      for (const sheet of now) if (this.#counts.get(sheet) !== countOf(sheet)) this.#touched.add(sheet)
      if (now.length === last.length && now.every((sheet, i) => sheet === last[i])) continue
      const numbers = this.adopted(root) ?? []
      this.#emit(["sheets", root.id, numbers])
    }
    this.flush()
  }

  #number(sheet: CSSStyleSheet): number {
    let number = this.#numbers.get(sheet)
    if (number === undefined) {
      number = this.#registry.number()
      this.#numbers.set(sheet, number)
      this.#send(number, sheet)
    }
    return number
  }

  #send(number: number, sheet: CSSStyleSheet): void {
    this.#counts.set(sheet, countOf(sheet))
    const { epoch } = this.#registry
    const media = sheet.media.mediaText
    const wrap = (css: string) => (sheet.disabled ? "" : media && media !== "all" ? `@media ${media} {${css}}` : css)
    const later = (better: string) => {
      if (this.#registry.epoch === epoch && this.#numbers.get(sheet) === number) {
        this.#emit(["sheet", number, wrap(better)])
      }
    }
    this.#emit(["sheet", number, wrap(this.#assets.css(textOf(sheet, null) ?? "", document.baseURI, later))])
  }

  #is(entry: Entry, sheet: CSSStyleSheet): boolean {
    return this.#registry.has(entry) && this.#elements.get(entry)?.sheet === sheet && !sheet.disabled
  }

  #rewritten(entry: Entry, sheet: CSSStyleSheet, text: string, base: string): string {
    return this.#assets.css(text, base, (better) => {
      if (this.#is(entry, sheet)) this.#emit(["css", entry.id, better])
    })
  }

  /** Its text as it was written: what the browser says of its rules has lost something. */
  #fetch(entry: Entry, sheet: CSSStyleSheet): void {
    const { href } = sheet
    if (!href) return
    const rules = countOf(sheet)
    fetch(href, { cache: "force-cache", credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : null))
      .then((text) => {
        if (text === null || !this.#is(entry, sheet) || countOf(sheet) !== rules) return
        this.#emit(["css", entry.id, this.#rewritten(entry, sheet, text, href)])
      })
      .catch(() => {})
  }
}

/** A link that is one to a stylesheet, now: pages preload them as something else. */
export function isSheet(element: Element): boolean {
  return element.localName === "link" && /(?:^|\s)stylesheet(?:\s|$)/i.test(element.getAttribute("rel") ?? "")
}

/** UTF-16 units of one sheet; what comes after is left out. */
const LONGEST = 3 << 20
/** A shorthand with a variable, and a longhand after it: browsers write such rules without values. */
const LOST = /[\w-]+: ;/

function adoptedOf(root: Entry): readonly CSSStyleSheet[] {
  return [...((root.node as Document).adoptedStyleSheets ?? [])]
}

/** Rules of the sheet, -1 when the page may not know. */
function countOf(sheet: CSSStyleSheet | null): number {
  try {
    return sheet?.cssRules.length ?? 0
  } catch {
    return -1
  }
}

/** CSS of a sheet; null when the page may not read it. `written`: what stands in its element. */
export function textOf(sheet: CSSStyleSheet, written: string | null): string | null {
  try {
    if (written?.trim() && written.length <= LONGEST && same(sheet, written)) return written
    let text = ""
    for (const rule of sheet.cssRules) {
      if (text.length > LONGEST) break
      text += `${rule.cssText}\n`
    }
    return text
  } catch {
    return null
  }
}

/** Whether the sheet is still as it was written, by the number of its rules. Its text is better than what the browser
 * makes of it. */
function same(sheet: CSSStyleSheet, written: string): boolean {
  const parsed = new CSSStyleSheet()
  parsed.replaceSync(written)
  let imports = 0
  for (const rule of sheet.cssRules) if (rule.cssText.startsWith("@import")) imports++
  return parsed.cssRules.length + imports === sheet.cssRules.length
}
