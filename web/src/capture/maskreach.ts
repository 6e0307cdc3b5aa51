import type { Reach } from "./parts"

const PLAIN = /\\.|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\/\*.*?(?:\*\/|$)/gs
const ATTRIBUTES = /\[[^\]]*\]?/g
const FAR = /[\s>+~]|:has|:host/i
const ORDER = /[+~]|:has|:nth|:first|:last|:only|:empty/i

/** Where else a change may make other elements fit these selectors; null for a change of children. */
export function reachOf(selectors: readonly string[]): (attribute: string | null) => Reach | null {
  const names = new Set<string>()
  let far: Reach | null = null
  let order: Reach | null = null
  for (const selector of selectors) {
    const plain = selector.replace(PLAIN, "x")
    const bare = plain.replace(ATTRIBUTES, "x").trim()
    const has = /:has/i.test(bare)
    if (ORDER.test(bare) && order !== "root") order = has ? "root" : "inside"
    // What the list is apart by is no combinator, but telling it is not worth it.
    if (!FAR.test(bare)) continue
    if (has) far = "root"
    else if (far !== "root" && /[+~]/.test(bare)) far = "around"
    else far ??= "inside"
    for (const [, name] of plain.matchAll(/\[\s*(?:[\w*-]*\|(?!=))?([\w-]+)/g))
      names.add((name as string).toLowerCase())
    if (bare.includes(".")) names.add("class")
    if (bare.includes("#")) names.add("id")
    // These stand for attributes.
    if (bare.includes(":")) for (const name of STATES) names.add(name)
  }
  return (attribute) => (attribute === null ? order : names.has(attribute.toLowerCase()) ? far : null)
}

const STATES = ["checked", "dir", "disabled", "href", "lang", "open", "readonly", "required", "type"]
