import type {
  AgentRow,
  ClientBody,
  QueueRow,
  RoutingAlarm,
  ServerBody,
  SuperviseChanged,
  SuperviseNames,
  SuperviseSnapshot,
  WaitingRow,
} from "../contract/messages"
import { Refused } from "../wire/control"
import { Store } from "./store"

/** Everything that the supervisor's page shows. Never changed in place. */
export interface SuperviseView {
  readonly agents: ReadonlyMap<string, AgentRow>
  readonly queues: ReadonlyMap<string, QueueRow>
  readonly waiting: ReadonlyMap<string, WaitingRow>
  readonly alarms: readonly RoutingAlarm[]
  readonly names: SuperviseNames
}

export function fromSnapshot(snapshot: SuperviseSnapshot): SuperviseView {
  return {
    agents: new Map(snapshot.agents.map((row) => [row.user, row])),
    queues: new Map(snapshot.queues.map((row) => [row.id, row])),
    waiting: new Map(snapshot.waiting.map((row) => [row.contact, row])),
    alarms: snapshot.alarms,
    names: snapshot.names,
  }
}

export function apply(view: SuperviseView, change: SuperviseChanged): SuperviseView {
  return {
    agents: merge(view.agents, change.agents, change.agents_gone, (row) => row.user),
    queues: merge(view.queues, change.queues, change.queues_gone, (row) => row.id),
    waiting: merge(view.waiting, change.waiting, change.waiting_gone, (row) => row.contact),
    alarms: change.alarms ?? view.alarms,
    names: change.names ?? view.names,
  }
}

/** Puts an agent into a queue or takes them out, and what takes that back; none where a group brings the agent into the
 * queue anyhow, so that nobody can be taken out. */
export function inQueue(
  { queues, names }: SuperviseView,
  agent: AgentRow,
  queue: string,
  inside: boolean,
): { act: ClientBody; undo: ClientBody | null } {
  const body = { type: "supervise.queue", agent: agent.user, queue } as const
  const groups = queues.get(queue)?.groups ?? []
  const known = names.groups?.map(({ id }) => id) ?? []
  const byGroup = groups.some((one) => agent.groups.includes(one) && known.includes(one))
  return { act: { ...body, inside }, undo: inside && byGroup ? null : { ...body, inside: !inside } }
}

function merge<T>(
  rows: ReadonlyMap<string, T>,
  changed: readonly T[] | undefined,
  gone: readonly string[] | undefined,
  id: (row: T) => string,
): ReadonlyMap<string, T> {
  if (!changed?.length && !gone?.length) return rows
  const next = new Map(rows)
  for (const row of changed ?? []) next.set(id(row), row)
  for (const name of gone ?? []) next.delete(name)
  return next
}

const AGAIN_MS = 1000
const LONGEST_MS = 30_000

/** Watches while somebody looks, over every break of the line. */
export class Supervise {
  readonly store = new Store<SuperviseView | null>(null)
  /** Why the server lets nobody watch now, as a code; it is asked again by itself. */
  readonly refused = new Store<string | null>(null)
  #send: (body: ClientBody) => Promise<void>
  #watching = false
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(send: (body: ClientBody) => Promise<void>) {
    this.#send = send
  }

  watch(): void {
    this.#watching = true
    this.linked()
  }

  unwatch(): void {
    this.#watching = false
    clearTimeout(this.#again)
    this.#send({ type: "supervise.unwatch" }).catch(() => {})
  }

  /** The line is there, or there again: begin with a fresh picture. */
  linked(): void {
    if (this.#watching) void this.#ask(AGAIN_MS)
  }

  async #ask(wait: number): Promise<void> {
    clearTimeout(this.#again)
    try {
      await this.#send({ type: "supervise.watch" })
      this.refused.set(null)
    } catch (cause) {
      const code = cause instanceof Refused ? cause.code : "server_error"
      // Without a line the next one asks.
      if (!this.#watching || code === "offline") return
      this.refused.set(code)
      this.#again = setTimeout(() => void this.#ask(Math.min(2 * wait, LONGEST_MS)), wait)
    }
  }

  /** True when the message was for this page. */
  receive(body: ServerBody): boolean {
    if (body.type === "supervise.snapshot") this.store.set(fromSnapshot(body))
    else if (body.type === "supervise.changed") this.store.set((old) => (old ? apply(old, body) : old))
    else return false
    return true
  }
}

export type Standing = "ready" | "busy" | "not_ready" | "offline"

/** As the queues count them: who is available but has no room is busy. */
export function standing(row: AgentRow): Standing {
  if (row.state !== "ready") return row.state
  return row.in_hand.length >= row.capacity ? "busy" : "ready"
}

export interface Filter {
  readonly text: string
  readonly standing: Standing | "here" | null
  readonly queue: string | null
  readonly skill: string | null
}

export const EVERYBODY: Filter = { text: "", standing: null, queue: null, skill: null }

const ORDER: Record<Standing, number> = { ready: 0, busy: 1, not_ready: 2, offline: 3 }

/** Who fits the filter: those with work or ready for it first, then by name. */
export function agentsOf(view: SuperviseView, filter: Filter, language: string): readonly AgentRow[] {
  const words = fold(filter.text).split(" ").filter(Boolean)
  const by = new Intl.Collator(language)
  return [...view.agents.values()]
    .filter((row) => {
      const now = standing(row)
      if (filter.standing === "here" ? now === "offline" : filter.standing !== null && now !== filter.standing) {
        return false
      }
      if (filter.queue !== null && !row.queues.includes(filter.queue)) return false
      if (filter.skill !== null && !row.skills.some((one) => one.skill === filter.skill)) return false
      const text = fold(`${row.name} ${row.department} ${row.in_hand.map((one) => one.customer).join(" ")}`)
      return words.every((word) => text.includes(word))
    })
    .sort((a, b) => ORDER[standing(a)] - ORDER[standing(b)] || by.compare(a.name, b.name))
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim()
}

export function waitingIn(view: SuperviseView, queue: string | null): readonly WaitingRow[] {
  return [...view.waiting.values()]
    .filter((row) => queue === null || row.queue === queue)
    .sort((a, b) => a.queue.localeCompare(b.queue) || a.position - b.position)
}

/** The part answered in time of those who arrived today; null while nobody did. */
export function serviceLevel(row: QueueRow): number | null {
  return row.offered > 0 ? row.in_time / row.offered : null
}

export type Trouble = "nobody" | "nobody_here" | "late" | null

/** What is the matter with the queue, the worst first. */
export function trouble(row: QueueRow, now: number): Trouble {
  if (row.agents === 0) return "nobody"
  if (row.ready + row.busy === 0 && row.waiting > 0) return "nobody_here"
  return row.oldest !== null && now - row.oldest > row.service_seconds ? "late" : null
}

export function nameIn(names: readonly { id: string; name: string }[] | undefined, id: string): string {
  return names?.find((one) => one.id === id)?.name ?? id
}
