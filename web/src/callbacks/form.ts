import type { CallbackCreate, CallbackEdit, CallbackInfo } from "../contract/messages"
import { fromField, toField } from "./api"

export type When = "soon" | "at" | "unchanged"

/** What stands in the form. */
export interface Fields {
  readonly name: string
  /** Empty when a callback is changed: the number stays. */
  readonly number: string
  readonly email: string
  readonly queue: string | null
  readonly when: When
  readonly time: string
  /** Of the customer; empty: that of the number. Only for a new one. */
  readonly zone: string
  readonly agent: string | null
  readonly only: boolean
  readonly note: string
}

const HOUR = 3600

export function fieldsOf(one: CallbackInfo | null, queue: string | null, now = Date.now() / 1000): Fields {
  return {
    name: one?.name ?? "",
    number: "",
    email: one?.email ?? "",
    queue: one?.queue ?? queue,
    when: one ? "unchanged" : "soon",
    time: toField(one ? one.at : Math.ceil(now / HOUR) * HOUR),
    zone: "",
    agent: one?.agent ?? null,
    only: one?.agent_only ?? false,
    note: one?.note ?? "",
  }
}

export function creation(fields: Fields, country: string, language: string): CallbackCreate {
  const { queue, agent, only, zone } = fields
  const at = fields.when === "at" ? fromField(fields.time) : null
  const [name, number, email, note] = trimmed(fields)
  return {
    ...{ name, number, email, note, queue: queue ?? "", agent, agent_only: only, at },
    ...{ zone, country, language, source: "agent" },
  }
}

/** Only what is another than in `base`: what others changed stays as they made it. */
export function edition(base: CallbackInfo, fields: Fields, now = Date.now() / 1000): CallbackEdit {
  const [name, number, email, note] = trimmed(fields)
  const other = <T>(value: T, was: T): T | null => (value === was ? null : value)
  return {
    version: base.version,
    name: other(name, base.name),
    number: number || null,
    email: other(email, base.email),
    note: other(note, base.note),
    queue: other(fields.queue ?? "", base.queue),
    agent: other(fields.agent ?? "", base.agent ?? ""),
    agent_only: other(fields.only, base.agent_only),
    at: fields.when === "soon" ? now : fields.when === "at" ? fromField(fields.time) : null,
  }
}

function trimmed({ name, number, email, note }: Fields): [string, string, string, string] {
  return [name.trim(), number.trim(), email.trim(), note.trim()]
}

export const COMPARED = ["name", "number", "email", "queue", "at", "agent", "note"] as const
export type Compared = (typeof COMPARED)[number]

export interface Meanwhile {
  /** The form with what only they changed. */
  readonly fields: Fields
  readonly taken: readonly Compared[]
  /** What both changed, differently: one's own stands in the form. */
  readonly clashes: readonly Compared[]
}

/** What others made of a callback since `base` was opened, and what becomes of the form. */
export function meanwhile(base: CallbackInfo, theirs: CallbackInfo, mine: Fields): Meanwhile {
  const [before, after] = [fieldsOf(base, null), fieldsOf(theirs, null)]
  const raw = (field: Compared) => field === "at" || field === "number"
  const changed = COMPARED.filter((field) => (raw(field) ? base[field] !== theirs[field] : !same(before, after, field)))
  const taken = changed.filter((field) => !touched(base, mine, field))
  const clashes = changed.filter((field) => !taken.includes(field) && !same(mine, after, field))
  return { fields: taken.reduce((fields, field) => withTheirs(fields, theirs, field), mine), taken, clashes }
}

/** The form with their word on one field. */
export function withTheirs(fields: Fields, theirs: CallbackInfo, field: Compared): Fields {
  const now = fieldsOf(theirs, null)
  if (field === "at") return { ...fields, when: "unchanged", time: now.time }
  if (field === "agent") return { ...fields, agent: now.agent, only: now.only }
  return { ...fields, [field]: now[field] }
}

function touched(base: CallbackInfo, mine: Fields, field: Compared): boolean {
  if (field === "at") return mine.when !== "unchanged"
  if (field === "number") return mine.number.trim() !== ""
  return !same(mine, fieldsOf(base, null), field)
}

function same(a: Fields, b: Fields, field: Compared): boolean {
  if (field === "at") return a.when === b.when && (a.when !== "at" || a.time === b.time)
  if (field === "agent") return a.agent === b.agent && (a.agent === null || a.only === b.only)
  return (a[field] ?? "").trim() === (b[field] ?? "").trim()
}

/** A form that was left: begun on `base`, which may be an old one by now. */
export interface Left {
  readonly base: CallbackInfo | null
  readonly fields: Fields
}

/** What was kept in the tab; null for anything that is none of ours. */
export function readLeft(text: string, fresh: Fields): Left | null {
  try {
    const { base, fields } = JSON.parse(text) as Left
    const known = Object.entries(fresh).every(([key, value]) => {
      const kept = fields[key as keyof Fields]
      return typeof kept === typeof value || kept === null || value === null
    })
    return known && (base === null || typeof base.version === "number")
      ? { base, fields: { ...fresh, ...fields } }
      : null
  } catch {
    return null
  }
}
