import type { Grant, Line, Part, ServerBody, SessionInfo, TimedEvent, Timeline } from "../contract/messages"
import { apply, type SessionView } from "../wire/view"

/** All parts of one track of one participant: a row of the timeline. */
export interface Lane {
  key: string
  participant: string
  name: string
  role: string
  label: Part["label"]
  parts: readonly Part[]
}

/** A consent that was in force from `from` to `to`, seconds on the timeline. */
export interface Span {
  key: string
  capability: Grant["capability"]
  giver: string
  holder: string
  from: number
  to: number
}

/** A line of the log and when it was said, in seconds on the timeline. */
export interface Entry {
  at: number
  line: Line
}

const ORDER: readonly Part["label"][] = ["mic", "page", "desktop", "application", "screen", "camera"]
const ROLES = ["customer", "agent", "supervisor"]

/** Lanes in the order of the page: voices, the page, screens, cameras; the customer's first. */
export function lanes(parts: readonly Part[]): Lane[] {
  const found = new Map<string, Part[]>()
  for (const part of [...parts].sort((a, b) => a.starts - b.starts)) {
    const key = laneKey(part)
    const list = found.get(key)
    if (list) list.push(part)
    else found.set(key, [part])
  }
  return [...found]
    .map(([key, list]) => {
      const { participant, name, role, label } = list[0] as Part
      return { key, participant, name, role, label, parts: list }
    })
    .sort((a, b) => rank(ORDER, a.label) - rank(ORDER, b.label) || rank(ROLES, a.role) - rank(ROLES, b.role))
}

export function laneKey(part: Pick<Part, "participant" | "label">): string {
  return `${part.participant}:${part.label}`
}

function rank(order: readonly string[], item: string): number {
  const at = order.indexOf(item)
  return at < 0 ? order.length : at
}

const EVERY = 50

interface Step {
  at: number
  seq: number
  body: ServerBody
}

/**
 * The session's state at any time: the durable events put through the reducer of the live view. States are kept at
 * intervals, so that going backwards needs no more than a few events.
 */
export class History {
  readonly #steps: readonly Step[]
  #checkpoints: SessionView[]
  #count = 0
  #view: SessionView

  constructor(events: readonly TimedEvent[], stub: SessionInfo) {
    this.#steps = steps(events)
    this.#view = beginning(this.#steps, stub)
    this.#checkpoints = [this.#view]
  }

  get length(): number {
    return this.#steps.length
  }

  /** How many events have happened at `time`. */
  countAt(time: number): number {
    let low = 0
    let high = this.#steps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#steps[middle]?.at ?? 0) <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** What the live view showed after the first `count` events. */
  after(count: number): SessionView {
    const wanted = Math.min(count, this.#steps.length)
    const kept = Math.min(Math.floor(wanted / EVERY), this.#checkpoints.length - 1)
    if (wanted < this.#count || kept * EVERY > this.#count) {
      this.#count = kept * EVERY
      this.#view = this.#checkpoints[kept] as SessionView
    }
    while (this.#count < wanted) {
      this.#view = apply(this.#view, this.#steps[this.#count] as Step)
      this.#count++
      if (this.#count === this.#checkpoints.length * EVERY) this.#checkpoints.push(this.#view)
    }
    return this.#view
  }

  at(time: number): SessionView {
    return this.after(this.countAt(time))
  }

  /** The whole log. A line that was changed later stands where it was first said. */
  entries(): Entry[] {
    const first = new Map<string, number>()
    for (const { at, body } of this.#steps) {
      if (body.type === "line.added" && !first.has(body.line.id)) first.set(body.line.id, at)
    }
    return this.after(this.length)
      .lines.map((line) => ({ at: first.get(line.id) ?? 0, line }))
      .sort((a, b) => a.at - b.at)
  }

  /** The consents that were in force, by the time of the events that began and ended them. */
  spans(duration: number): Span[] {
    const open = new Map<string, Span>()
    const all: Span[] = []
    for (const { at, body } of this.#steps) {
      if (body.type !== "grant.changed") continue
      const { id, capability, giver, holder, state } = body.grant
      const span = open.get(id)
      if (state === "granted" && !span) {
        const begun = { key: `${id}@${at}`, capability, giver, holder, from: at, to: duration }
        open.set(id, begun)
        all.push(begun)
      } else if (state !== "granted" && span) {
        span.to = at
        open.delete(id)
      }
    }
    return all
  }
}

/** In the order in which they were numbered; time never goes back. */
function steps(events: readonly TimedEvent[]): Step[] {
  let latest = 0
  return [...events]
    .sort((a, b) => a.seq - b.seq)
    .filter((event) => typeof (event.body as { type?: unknown } | null)?.type === "string")
    .map(({ at, seq, body }) => {
      latest = Math.max(latest, at)
      return { at: latest, seq, body: body as ServerBody }
    })
}

function beginning(all: readonly Step[], stub: SessionInfo): SessionView {
  const known = all.find((step) => step.body.type === "session.changed")?.body
  return {
    you: "",
    seq: 0,
    session: known?.type === "session.changed" ? known.session : stub,
    participants: [],
    grants: [],
    files: [],
    lines: [],
    presence: [],
    note: null,
    invites: [],
    position: null,
    page: null,
    shares: [],
  }
}

/** Time of the entry after `time`, or before it; null when there is none. */
export function neighbour(times: readonly number[], time: number, way: 1 | -1): number | null {
  // A press shortly after a mark goes to the one before it, not to the same again.
  if (way > 0) return times.find((at) => at > time + 0.05) ?? null
  return times.findLast((at) => at < time - 1) ?? null
}

/** The end of the timeline: never before the last part or event, whatever the server says. */
export function durationOf(timeline: Timeline): number {
  const ends = timeline.parts.map((part) => part.ends)
  const ats = timeline.events.map((event) => event.at)
  return [...ends, ...ats].reduce((a, b) => Math.max(a, b), timeline.duration)
}
