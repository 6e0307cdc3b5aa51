import type { Ignored } from "../contract/messages"
import { oneLine } from "../wire/json"

/** What a page asks for beside help: who answers, and what they are told. */
export interface Wishes {
  queue: string | null
  skills: readonly string[]
  /** Shown to the agent, by name. */
  details: Readonly<Record<string, string>>
}

/** What does not count as it was said, for whoever writes the page. `value` of a detail: its name. */
export interface Mistake {
  field: keyof Wishes
  value: string
  reason: Ignored["reason"] | "invalid" | "too_long" | "too_many"
}

const MOST_SKILLS = 5
const MOST_DETAILS = 10
const LONGEST_QUEUE = 64
const LONGEST_SKILL = 80
const LONGEST_NAME = 40
const LONGEST_DETAIL = 200

/** As the server takes them: a mistake of the page's must not cost its customer the help. */
export function wishesOf(said: { [K in keyof Wishes]: unknown }, mistaken: (mistake: Mistake) => void): Wishes {
  const text = (field: keyof Wishes, of: string, value: unknown, longest: number): string | null => {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      mistaken({ field, value: of, reason: "invalid" })
      return null
    }
    if (String(value).length > longest) mistaken({ field, value: of, reason: "too_long" })
    return oneLine(String(value), longest)
  }
  const few = <T>(field: keyof Wishes, all: T[], most: number, name: (one: T) => unknown): T[] => {
    for (const one of all.slice(most)) mistaken({ field, value: shown(name(one)), reason: "too_many" })
    return all.slice(0, most)
  }
  const list = Array.isArray(said.skills) ? [...new Set(said.skills)] : [said.skills].filter((one) => one != null)
  const skills = few("skills", list, MOST_SKILLS, (one) => one)
  const table = Object.entries(said.details ?? {}).filter(([, value]) => value != null)
  const details = few("details", table, MOST_DETAILS, ([name]) => name)
    .map(([name, value]) => [
      text("details", shown(name), name, LONGEST_NAME),
      text("details", shown(name), value, LONGEST_DETAIL),
    ])
    .filter(([name, value]) => name && value !== null)
  return {
    queue: (said.queue != null && text("queue", shown(said.queue), said.queue, LONGEST_QUEUE)) || null,
    skills: skills.map((one) => text("skills", shown(one), one, LONGEST_SKILL)).filter((one): one is string => !!one),
    details: Object.fromEntries(details),
  }
}

function shown(value: unknown): string {
  return typeof value === "object" ? typeof value : oneLine(String(value), LONGEST_SKILL)
}

/** What the site is asked with: it answers for where the page's customers would wait. */
export function queryOf({ queue, skills }: Wishes): string {
  const query = new URLSearchParams(skills.map((skill) => ["skill", skill]))
  if (queue !== null) query.set("queue", queue)
  return query.size ? `?${query}` : ""
}
