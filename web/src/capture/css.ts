/** What becomes of the addresses in CSS. */
export interface Rewriting {
  /** What stands in the address's place; empty: nothing can. */
  url(url: string): string
  /** CSS in place of an `@import` with its layer, supports and media conditions; without this it is left out. */
  imported?(url: string, conditions: string): string
}

const ESCAPE = String.raw`\\(?:[0-9a-fA-F]{1,6}(?:\r\n|[ \t\n\r\f])?|[^\n\r\f0-9a-fA-F])`
export const COMMENT = String.raw`\/\*[\s\S]*?(?:\*\/|$)`
export const STRING = String.raw`"(?:[^"\\\n\r\f]|\\[\s\S])*"?|'(?:[^'\\\n\r\f]|\\[\s\S])*'?`
const NAME = String.raw`@?(?:[\w\u0080-\uffff-]|${ESCAPE})+\(?`
/** Everything else means nothing here, and stays as it is. */
const TOKEN = new RegExp(`${COMMENT}|${STRING}|${NAME}|[()]`, "g")
/** Up to the bracket that closes an address without quotes; what is in it may be wrong. */
const BARE = /(?:[^)\\]|\\[\s\S])*\)?/y
/** Up to the bracket that closes an address with quotes, over what may stand behind it. */
const MODIFIERS = new RegExp(`(?:[^()\\\\"']|\\\\[\\s\\S]|\\([^()]*\\)|${STRING})*\\)?`, "y")
const SPACE = new RegExp(`(?:\\s|${COMMENT})*`, "y")
const QUOTED = new RegExp(STRING, "y")
/** Up to the end of a statement, strings, brackets and comments as they are. */
const STATEMENT = new RegExp(`(?:${COMMENT}|${STRING}|[^;{}])*[;]?`, "y")

/** Functions in which a string is an address. */
const OF_STRINGS = new Set(["image-set", "-webkit-image-set", "image", "cross-fade", "-webkit-cross-fade"])
const NOWHERE = "about:invalid"

/** The same CSS with other addresses: of `url()`, of the strings of `image-set()`, of `@import`. */
export function rewrite(text: string, what: Rewriting): string {
  const token = new RegExp(TOKEN)
  const open: string[] = []
  let out = ""
  let copied = 0
  const put = (from: number, to: number, css: string) => {
    out += text.slice(copied, from) + css
    copied = to
    token.lastIndex = to
  }
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [piece] = found
    const end = found.index + piece.length
    const first = piece[0]
    if (first === "/") continue
    if (piece === ")") open.pop()
    else if (first === '"' || first === "'") {
      if (OF_STRINGS.has(open.at(-1) ?? "")) put(found.index, end, quoted(what.url(unquoted(piece)) || NOWHERE))
    } else if (first === "@") {
      if (piece.endsWith("(")) open.push("")
      const name = plain(piece).toLowerCase()
      if (name === "@import") {
        const { to, css } = imported(text, end, what)
        put(found.index, to, css)
      } else if (name === "@namespace") put(found.index, end + at(STATEMENT, text, end).length, "")
    } else if (piece.endsWith("(")) {
      const name = plain(piece.slice(0, -1)).toLowerCase()
      if (name === "url" || (name === "src" && /["']/.test(text[end + at(SPACE, text, end).length] ?? ""))) {
        const { url, to } = address(text, end)
        put(found.index, to, `url(${quoted(what.url(url) || NOWHERE)})`)
      } else open.push(name)
    }
  }
  return out + text.slice(copied)
}

/** What stands between the bracket at `from` and the one that closes it. */
function address(text: string, from: number): { url: string; to: number } {
  const start = from + at(SPACE, text, from).length
  const string = at(QUOTED, text, start)
  if (string !== "") {
    const rest = at(MODIFIERS, text, start + string.length)
    return { url: unquoted(string), to: start + string.length + rest.length }
  }
  const bare = at(BARE, text, from)
  return { url: plain(bare.replace(/\)$/, "").trim()), to: from + bare.length }
}

function imported(text: string, from: number, what: Rewriting): { to: number; css: string } {
  const start = from + at(SPACE, text, from).length
  const string = at(QUOTED, text, start)
  const called = /^(?:url|src)\(/i.exec(text.slice(start, start + 4))
  let url = ""
  let to = start
  if (string !== "") [url, to] = [unquoted(string), start + string.length]
  else if (called) ({ url, to } = address(text, start + called[0].length))
  const rest = at(STATEMENT, text, to)
  const css = url === "" ? "" : (what.imported?.(url, rest.replace(/;$/, "").trim()) ?? "")
  return { to: to + rest.length, css }
}

/** Imported CSS under the conditions of its `@import`. */
export function conditioned(css: string, conditions: string): string {
  let rest = conditions
  const wraps: string[] = []
  const layer = /^layer(?:\(([^()]*)\))?(?=\s|$)/i.exec(rest)
  if (layer) {
    wraps.push(`@layer ${layer[1] ?? ""}`)
    rest = rest.slice(layer[0].length).trim()
  }
  const supports = /^supports\(((?:[^()]|\([^()]*\))*)\)/i.exec(rest)
  if (supports) {
    const condition = supports[1] as string
    wraps.push(`@supports ${/^\s*\(|^\s*not\b|\b(and|or)\b/.test(condition) ? condition : `(${condition})`}`)
    rest = rest.slice(supports[0].length).trim()
  }
  if (rest !== "") wraps.push(`@media ${rest}`)
  return wraps.reduceRight((inner, wrap) => `${wrap} {\n${inner}\n}`, css)
}

function at(pattern: RegExp, text: string, from: number): string {
  pattern.lastIndex = from
  return pattern.exec(text)?.[0] ?? ""
}

/** Without escapes. */
function plain(text: string): string {
  return text.replace(
    /\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\s\S]))/g,
    (_, hex?: string, sign?: string) => {
      if (hex === undefined) return sign === undefined || /^[\r\n\f]/.test(sign) ? "" : sign
      const code = Number.parseInt(hex, 16)
      return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? "\ufffd" : String.fromCodePoint(code)
    },
  )
}

function unquoted(string: string): string {
  const closed = string.length > 1 && string.endsWith(string[0] as string)
  return plain(string.slice(1, closed ? -1 : undefined))
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&").replace(/[\0\n\r\f]/g, (sign) => `\\${sign.charCodeAt(0).toString(16)} `)}"`
}
