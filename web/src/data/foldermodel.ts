import type { FolderAnswered, FolderEntry } from "../contract/messages"

/** A folder: a root that the customer chose, and the names below it. */
export interface Place {
  readonly root: string
  /** The root's name, as the customer sees it. */
  readonly title: string
  readonly path: readonly string[]
}

export type SortBy = "name" | "size" | "changed"
export interface Sorting {
  readonly by: SortBy
  readonly down: boolean
}

/** What a client answers; a refusal also for what the server or the line did not let through. */
export type Answer =
  | Exclude<FolderAnswered["answer"], { result: "refused" }>
  | { readonly result: "refused"; readonly reason: string; readonly message?: string }

const LONGEST_NAME = 255

/** Names are unique in a folder; roots may have the same name, and have an id. */
export const keyOf = (entry: FolderEntry): string => entry.root ?? entry.name

export const samePlace = (a: Place | null, b: Place | null): boolean =>
  a === b || (a !== null && b !== null && a.root === b.root && a.path.join("/") === b.path.join("/"))

/** The folder above, null being the list of roots. */
export const above = (place: Place): Place | null =>
  place.path.length > 0 ? { ...place, path: place.path.slice(0, -1) } : null

/** The folder that an entry is; null for what is none. */
export function into(place: Place | null, entry: FolderEntry): Place | null {
  if (entry.kind !== "folder") return null
  if (place) return { ...place, path: [...place.path, entry.name] }
  return entry.root == null ? null : { root: entry.root, title: entry.name, path: [] }
}

/** How the entry of the folder above is called that leads here. */
export const keyIn = (place: Place): string => place.path.at(-1) ?? place.root

/** What the list shows, in its order: folders first, then as chosen; those that are equal by name. */
export function arranged(
  entries: readonly FolderEntry[],
  { by, down }: Sorting,
  filter: string,
  language: string,
): readonly FolderEntry[] {
  const names = new Intl.Collator(language, { numeric: true })
  const wanted = filter.trim().toLocaleLowerCase(language)
  const found = wanted ? entries.filter((one) => one.name.toLocaleLowerCase(language).includes(wanted)) : entries
  const turn = down ? -1 : 1
  const amount = (one: FolderEntry) => (by === "name" ? 0 : (one[by] ?? -1))
  return found.toSorted(
    (a, b) =>
      Number(b.kind === "folder") - Number(a.kind === "folder") ||
      turn * (amount(a) - amount(b)) ||
      (by === "name" ? turn : 1) * names.compare(a.name, b.name),
  )
}

/** Where typed letters lead: the next entry that begins with them. One letter goes on from `from`, more stay there. */
export function jump(entries: readonly FolderEntry[], from: number, typed: string, language: string): number {
  const wanted = typed.toLocaleLowerCase(language)
  const begin = typed.length > 1 ? Math.max(0, from) : from + 1
  for (let step = 0; step < entries.length; step++) {
    const at = (begin + step) % entries.length
    if (entries[at]?.name.toLocaleLowerCase(language).startsWith(wanted)) return at
  }
  return from
}

/** A page more, or what was just done: one of the same name gives way, in its place. */
export function merged(entries: readonly FolderEntry[], more: readonly FolderEntry[]): readonly FolderEntry[] {
  const all = new Map(entries.map((one) => [keyOf(one), one]))
  for (const one of more) all.set(keyOf(one), one)
  return [...all.values()]
}

/** What is wrong with a new name; null when nothing is, as far as one can tell from here. */
export function nameTrouble(name: string, entries: readonly FolderEntry[], old?: string): "bad_name" | "exists" | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  if (!name || name === "." || name === ".." || /[/\\\x00-\x1f\x7f]/.test(name)) return "bad_name"
  if ([...name].length > LONGEST_NAME) return "bad_name"
  return name !== old && entries.some((one) => one.name === name) ? "exists" : null
}

/** Direction marks turn letters around so that a name looks like another: shown as what they are. */
export const shownName = (name: string): string =>
  name.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd")
