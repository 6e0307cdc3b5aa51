import { cleanCss, type Urls } from "./allow"

/** Set on what the customer's cursor is over: stands for `:hover`, which only the person at the view has. */
export const HOVER = "deskside-hover"

/**
 * The page's CSS as the view may have it: nothing loads from elsewhere, questions for the colour scheme are answered as
 * on the page, and `:hover` is where the customer's cursor is. No custom element is defined in the view: on the page
 * it is, and what companies hide until then is to be seen.
 */
export function adapted(css: string, dark: boolean, url: Urls): string {
  return inScheme(cleanCss(css, url), dark)
    .replace(/(?<!\\):hover(?![\w-])/g, `[${HOVER}]`)
    .replace(/(?<!\\):defined(?![\w-])/g, ":nth-child(n)")
}

/** Questions for the scheme become always true, or never; who takes both schemes has that of the page. */
export function inScheme(text: string, dark: boolean): string {
  if (!text.includes("color-scheme")) return text
  return text
    .replace(/prefers-color-scheme\s*:\s*(dark|light)/gi, (_, scheme: string) =>
      (scheme.toLowerCase() === "dark") === dark ? "min-width: 0px" : "max-width: -1px",
    )
    .replace(
      /(?<![\w-])color-scheme\s*:\s*(?:light\s+dark|dark\s+light)\b/gi,
      `color-scheme: ${dark ? "dark" : "light"}`,
    )
}

type Root = Document | ShadowRoot

/** Constructed stylesheets by their numbers. Each document needs one of its own for the same number. */
export class Sheets {
  #texts = new Map<number, string>()
  #made = new WeakMap<Document, Map<number, CSSStyleSheet>>()
  #roots = new Map<Root, readonly number[]>()
  /** CSS as it may be set in a document. */
  readonly #adapt: (number: number, css: string) => string

  constructor(adapt: (number: number, css: string) => string) {
    this.#adapt = adapt
  }

  clear(): void {
    this.#texts.clear()
    this.#made = new WeakMap()
    this.#roots.clear()
  }

  /** A sheet may come after those who adopt it. */
  set(number: number, css: string): void {
    const known = this.#texts.has(number)
    this.#texts.set(number, css)
    if (known) this.refresh(number)
    else for (const [root, numbers] of this.#roots) if (numbers.includes(number)) this.adopt(root, numbers)
  }

  /** The sheet anew, as something that it names has come. */
  refresh(number: number): void {
    const css = this.#texts.get(number)
    if (css === undefined) return
    const documents = new Set([...this.#roots.keys()].map(documentOf))
    for (const document of documents) this.#made.get(document)?.get(number)?.replaceSync(this.#adapt(number, css))
  }

  adopt(root: Root, numbers: readonly number[]): void {
    this.#roots.set(root, numbers)
    const document = documentOf(root)
    const sheets = numbers.map((number) => this.#sheet(document, number)).filter((sheet) => sheet !== null)
    root.adoptedStyleSheets = sheets
  }

  /** The root is not there any more. */
  drop(root: Root): void {
    this.#roots.delete(root)
  }

  /** The document of the root is another one: it needs its own sheets. */
  again(from: Root, to: Root): void {
    const numbers = this.#roots.get(from)
    this.#roots.delete(from)
    if (numbers) this.adopt(to, numbers)
  }

  #sheet(document: Document, number: number): CSSStyleSheet | null {
    const css = this.#texts.get(number)
    const view = document.defaultView as (Window & typeof globalThis) | null
    if (css === undefined || !view) return null
    let made = this.#made.get(document)
    if (!made) {
      made = new Map()
      this.#made.set(document, made)
    }
    let sheet = made.get(number)
    if (!sheet) {
      sheet = new view.CSSStyleSheet()
      sheet.replaceSync(this.#adapt(number, css))
      made.set(number, sheet)
    }
    return sheet
  }
}

function documentOf(root: Root): Document {
  return root.nodeType === 9 ? (root as Document) : (root.ownerDocument as Document)
}
