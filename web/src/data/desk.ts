import type {
  ClientBody,
  CodeInfo,
  Colleague,
  DeskChanged,
  DeskConfig,
  DeskSnapshot,
  Invitation,
  Offer,
  QueueInfo,
  Waiting,
  WrapUp,
} from "../contract/messages"
import { request } from "./http"

/** What the desk shows: a snapshot and every change since. Never changed in place. */
export interface DeskView {
  readonly me: Colleague
  readonly offers: readonly Offer[]
  readonly waiting: readonly Waiting[]
  readonly team: readonly Colleague[]
  readonly wrapUps: readonly WrapUp[]
  readonly invitations: readonly Invitation[]
  readonly sessions: readonly string[]
}

export const fetchConfig = () => request<DeskConfig>("GET", "/desk/config")

export const setState = (state: "ready" | "not_ready", reason: string | null = null): ClientBody => ({
  type: "agent.state",
  state,
  reason,
})

export function fromDesk(snapshot: DeskSnapshot): DeskView {
  const { me, offers, waiting, team, wrap_ups, invitations, sessions } = snapshot
  return { me, offers, waiting, team, wrapUps: wrap_ups, invitations, sessions }
}

export function applyDesk(desk: DeskView, change: DeskChanged): DeskView {
  const me = change.me ?? change.team?.find((one) => one.user === desk.me.user) ?? desk.me
  return {
    me,
    offers: merge(desk.offers, change.offers, change.offers_gone, (o) => o.id),
    waiting: merge(desk.waiting, change.waiting, change.waiting_gone, (w) => w.contact),
    team: merge(desk.team, change.team, [], (c) => c.user),
    wrapUps: merge(desk.wrapUps, change.wrap_ups, change.wrap_ups_gone, (w) => w.contact),
    invitations: merge(desk.invitations, change.invitations, change.invitations_gone, (i) => i.session),
    sessions: merge(desk.sessions, [], change.sessions_gone, (s) => s),
  }
}

/** A session that its own snapshot has just brought. */
export function withSession(desk: DeskView, session: string): DeskView {
  return desk.sessions.includes(session) ? desk : { ...desk, sessions: [...desk.sessions, session] }
}

function merge<T>(
  list: readonly T[],
  changed: readonly T[] | undefined,
  gone: readonly string[] | undefined,
  id: (item: T) => string,
): readonly T[] {
  if (!changed?.length && !gone?.length) return list
  const fresh = new Map((changed ?? []).map((item) => [id(item), item]))
  const left = new Set(gone ?? [])
  const kept = list.filter((item) => !left.has(id(item))).map((item) => take(fresh, id(item)) ?? item)
  return [...kept, ...fresh.values()]
}

function take<T>(map: Map<string, T>, key: string): T | undefined {
  const item = map.get(key)
  map.delete(key)
  return item
}

/** The offers that still count, the one that runs out first in front. */
export function openOffers(desk: DeskView | null, now: number): readonly Offer[] {
  return (desk?.offers ?? []).filter((offer) => offer.deadline > now).sort((a, b) => a.deadline - b.deadline)
}

/** What a ring that runs down shows: whole seconds left, and the part of the time that is left (1 to 0). */
export function countdown(from: number, deadline: number, now: number): { seconds: number; part: number } {
  const left = Math.max(0, deadline - now)
  const whole = deadline - from
  return { seconds: Math.ceil(left), part: whole > 0 ? Math.min(1, left / whole) : 0 }
}

export function inOrder(waiting: readonly Waiting[]): readonly Waiting[] {
  return [...waiting].sort((a, b) => a.arrived_at - b.arrived_at)
}

const STATE_ORDER = { ready: 0, not_ready: 1, offline: 2 } as const

export function teamInOrder(desk: DeskView): readonly Colleague[] {
  return desk.team
    .filter((one) => one.user !== desk.me.user)
    .sort((a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state] || a.name.localeCompare(b.name))
}

export function labelOf(codes: readonly CodeInfo[], code: string | null, language: string): string | null {
  if (code === null) return null
  const found = codes.find((one) => one.code === code)
  return found ? (found.label[language] ?? found.label.en ?? Object.values(found.label)[0] ?? code) : code
}

export function queueOf(config: DeskConfig | null, queue: string | null): QueueInfo | null {
  return config?.queues.find((one) => one.id === queue) ?? null
}

/** Why this contact cannot be taken by hand, or null when it can. */
export function pickRefusal(
  desk: DeskView,
  waiting: Waiting,
): "not_available" | "full" | "not_here" | "offered" | null {
  if (!waiting.may_pick) return "not_here"
  if (waiting.offered_to !== null) return "offered"
  if (desk.me.state !== "ready") return "not_available"
  if (desk.me.sessions >= desk.me.capacity) return "full"
  return null
}
