/** CSS that came from a customer's page, so that nothing of it reaches out. */

/** The address of an asset by its hash; null: not there yet. */
export type Urls = (hash: string) => string | null

/** What stands for an address that is not allowed, or not there yet. */
const NOTHING = ""
const HASH = /^asset:([0-9a-f]{64})$/
const DATA =
  /^data:(?:image\/(?:png|jpe?g|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon|svg\+xml)|font\/[a-z0-9.+-]+|application\/(?:x-)?font-[a-z0-9.+-]+)[;,]/i
const FRAGMENT = /^#[^\s"'()\\<>]*$/

/** An address as it may stand in the view; null when it may not, or is not there. */
export function safeUrl(value: string, url: Urls): string | null {
  const hash = HASH.exec(value)?.[1]
  if (hash !== undefined) return url(hash)
  return DATA.test(value) ? value : null
}

const IDENT = "(?:[-_a-zA-Z0-9\\u0080-\\uffff]+|\\\\(?:[0-9a-fA-F]{1,6}\\s?|[^\\n0-9a-fA-F]))+"
const TOKEN = new RegExp(
  [
    "/\\*[\\s\\S]*?(?:\\*/|$)",
    '"(?:[^"\\\\\\n]+|\\\\[\\s\\S])*"?',
    "'(?:[^'\\\\\\n]+|\\\\[\\s\\S])*'?",
    `@${IDENT}`,
    `${IDENT}\\(?`,
    "\\s+",
    "[\\s\\S]",
  ].join("|"),
  "gy",
)
/** A piece of an address without quotes: no piece of it can be read in two ways, so a long one takes no longer. */
const RAW = /[^\s"'()\\]+|\\(?:[0-9a-fA-F]{1,6}\s?|[^\n0-9a-fA-F])/y
const NEXT = /\s*(?:\/\*[\s\S]*?\*\/\s*)*(["'])/y
/** Statements that name other sheets; they are left out up to their end. */
const AWAY = new Set(["@import", "@namespace", "@charset", "@document", "@-moz-document"])
/** In them a plain string is an address. */
const OF_STRINGS = new Set(["image-set(", "-webkit-image-set(", "image(", "cross-fade(", "-webkit-cross-fade("])
const IN_STRINGS = /^(?:url|type|rgba?|hsla?|calc|(?:-webkit-)?(?:repeating-)?(?:linear|radial|conic)-gradient)\($/
/** Old ways to run something. */
const ODD = new Set(["expression(", "-moz-binding", "behavior", "-moz-element("])

function plain(text: string): string {
  if (!text.includes("\\")) return text
  return text.replace(
    /\\(?:([0-9a-fA-F]{1,6})\s?|\n|([\s\S]))/g,
    (_, hex: string | undefined, other: string | undefined) => {
      if (hex === undefined) return other ?? ""
      const code = Number.parseInt(hex, 16)
      return code === 0 || code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code)
    },
  )
}

function quoted(value: string | null): string {
  return `url("${(value ?? NOTHING).replace(/["\\\n\r\f]/g, (one) => `\\${one.charCodeAt(0).toString(16)} `)}")`
}

/** One pass over the text; all that can hold an address is looked at, escaped or not. */
class Cleaner {
  #at = 0
  #out = ""
  /** For each open parenthesis, whether strings in it are addresses. */
  readonly #open: boolean[] = []

  constructor(
    readonly text: string,
    readonly url: Urls,
  ) {}

  run(): string {
    for (let token = this.#next(); token !== ""; token = this.#next()) this.#take(token)
    return this.#out
  }

  #next(): string {
    TOKEN.lastIndex = this.#at
    const token = TOKEN.exec(this.text)?.[0] ?? ""
    this.#at += token.length
    return token
  }

  #take(token: string): void {
    const first = token[0] as string
    if (first === "(") this.#open.push(this.#open.at(-1) ?? false)
    else if (first === ")") this.#open.pop()
    if (token.startsWith("/*")) this.#out += " "
    else if ((first === '"' || first === "'") && this.#open.at(-1)) this.#out += quoted(this.#allowed(unquoted(token)))
    else if (first === "@" && AWAY.has(plain(token).toLowerCase())) this.#skip()
    else if (token.endsWith("(") && token.length > 1) this.#call(token)
    else this.#out += ODD.has(plain(token).toLowerCase()) ? "x-none" : token
  }

  /** To the end of the statement. */
  #skip(): void {
    let depth = 0
    for (let token = this.#next(); token !== ""; token = this.#next()) {
      if (/^url\($/i.test(plain(token))) this.#address()
      else if (token === "{" || token.endsWith("(")) depth++
      else if (token === "}" || token === ")") depth--
      if ((token === ";" && depth <= 0) || (token === "}" && depth <= 0)) return
    }
  }

  #call(token: string): void {
    const name = plain(token).toLowerCase()
    if (name === "url(" || name === "src(") {
      this.#out += quoted(this.#allowed(this.#address()))
      return
    }
    const strings = OF_STRINGS.has(name)
    const within = this.#open.at(-1) ?? false
    this.#open.push(strings || within)
    this.#out += ODD.has(name) || (within && !strings && !IN_STRINGS.test(name)) ? "x-none(" : token
  }

  /** What stands in `url(`, up to its parenthesis; "" when it is no address. */
  #address(): string {
    NEXT.lastIndex = this.#at
    if (NEXT.test(this.text)) {
      this.#at = NEXT.lastIndex - 1
      const value = unquoted(this.#next())
      // Modifiers of a URL are not known here: they are left out.
      for (let depth = 1, token = this.#next(); token !== ""; token = this.#next()) {
        if (token.endsWith("(")) depth++
        if (token === ")" && --depth === 0) break
      }
      return value
    }
    const space = /\s*/y
    space.lastIndex = this.#at
    const start = this.#at + (space.exec(this.text)?.[0].length ?? 0)
    RAW.lastIndex = start
    let end = start
    while (RAW.test(this.text)) end = RAW.lastIndex
    space.lastIndex = end
    const after = end + (space.exec(this.text)?.[0].length ?? 0)
    const closed = this.text.indexOf(")", after)
    this.#at = closed < 0 ? this.text.length : closed + 1
    return closed === after || closed < 0 ? plain(this.text.slice(start, end)) : ""
  }

  #allowed(value: string): string | null {
    return FRAGMENT.test(value) ? value : safeUrl(value, this.url)
  }
}

function unquoted(token: string): string {
  const end = token.length > 1 && token.at(-1) === token[0] ? -1 : undefined
  return plain(token.slice(1, end))
}

/** The text without anything that loads from elsewhere: `url()` holds assets, pictures in `data:` and fragments only. */
export function cleanCss(text: string, url: Urls): string {
  // Most declarations hold nothing of the kind.
  if (!/[@(\\]|behavior|binding/i.test(text)) return text
  return new Cleaner(text, url).run()
}
