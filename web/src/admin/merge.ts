import type { Item } from "./types"

/** Deep equality of JSON values; the order of an object's keys does not count. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].every((key) => key in left && key in right && equal(left[key], right[key]))
}

/** Fields of an item that differ, by their name on the first level. */
export function changedFields(before: Item | null, after: Item | null): string[] {
  const left = (before ?? {}) as Record<string, unknown>
  const right = (after ?? {}) as Record<string, unknown>
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].filter((key) => key !== "id" && !equal(left[key], right[key]))
}

export type Side = "mine" | "theirs"

/** One field that both changed, differently. */
export interface Clash {
  field: string
  mine: unknown
  theirs: unknown
}

export interface Merge {
  /** What only they changed: taken over without a question. */
  taken: string[]
  clashes: Clash[]
}

/** What two people made of the same item. */
export function compare(base: Item | null, mine: Item, theirs: Item): Merge {
  const ours = new Set(changedFields(base, mine))
  const changed = changedFields(base, theirs)
  const at = (item: Item, field: string) => (item as unknown as Record<string, unknown>)[field]
  const clashes = changed
    .filter((field) => ours.has(field) && !equal(at(mine, field), at(theirs, field)))
    .map((field) => ({ field, mine: at(mine, field), theirs: at(theirs, field) }))
  return { taken: changed.filter((field) => !ours.has(field)), clashes }
}

/** My item with what they changed; where both did, the side chosen (mine unless told otherwise). */
export function merged(base: Item | null, mine: Item, theirs: Item, choice: Readonly<Record<string, Side>>): Item {
  const { taken, clashes } = compare(base, mine, theirs)
  const fields = [...taken, ...clashes.filter(({ field }) => choice[field] === "theirs").map(({ field }) => field)]
  const other = theirs as unknown as Record<string, unknown>
  return { ...mine, ...Object.fromEntries(fields.map((field) => [field, other[field]])) }
}
