import type { Ignored } from "../contract/messages"
import { oneLine } from "../page/text"

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
  const wrong = (field: keyof Wishes, value: unknown, reason: Mistake["reason"]) =>
    mistaken({ field, value: shown(value), reason })
  /** Empty where it is none; `of`: what it is told by. */
  const text = (field: keyof Wishes, value: unknown, longest: number, of = value): string => {
    const plain = ["string", "number", "boolean"].includes(typeof value)
    if (!plain) wrong(field, of, "invalid")
    else if (String(value).length > longest) wrong(field, of, "too_long")
    return plain ? oneLine(String(value), longest) : ""
  }
  const few = <T>(field: keyof Wishes, all: T[], most: number, of: (one: T) => unknown): T[] => {
    for (const one of all.slice(most)) wrong(field, of(one), "too_many")
    return all.slice(0, most)
  }
  const list = Array.isArray(said.skills) ? [...new Set(said.skills)] : [said.skills ?? []].flat()
  const details = few("details", tableOf(said.details, wrong), MOST_DETAILS, ([name]) => name).flatMap(
    ([name, value]) => {
      const [label, worth] = [text("details", name, LONGEST_NAME), text("details", value, LONGEST_DETAIL, name)]
      return label && worth ? [[label, worth]] : []
    },
  )
  return {
    queue: said.queue == null ? null : text("queue", said.queue, LONGEST_QUEUE) || null,
    skills: few("skills", list, MOST_SKILLS, (one) => one)
      .map((one) => text("skills", one, LONGEST_SKILL))
      .filter(Boolean),
    details: Object.fromEntries(details),
  }
}

/** Those that say something. */
function tableOf(
  details: unknown,
  wrong: (field: "details", value: unknown, reason: "invalid") => void,
): [string, unknown][] {
  if (details == null) return []
  if (typeof details === "object" && !Array.isArray(details))
    return Object.entries(details).filter(([, value]) => value != null)
  wrong("details", typeof details, "invalid")
  return []
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
