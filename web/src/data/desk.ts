import type {
  ClientBody,
  CodeInfo,
  Colleague,
  DeskChanged,
  DeskConfig,
  DeskRules,
  DeskSnapshot,
  Invitation,
  Offer,
  QueueInfo,
  Shift,
  Team,
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
  /** Lists that the administrator set; without any, the team is one list. */
  readonly teams: readonly Team[]
  /** Users in the team bar, in its order. */
  readonly bar: readonly string[]
  readonly rules: DeskRules
  readonly shift: Shift | null
}

export const fetchConfig = () => request<DeskConfig>("GET", "/desk/config")

export const setState = (state: "ready" | "not_ready", reason: string | null = null): ClientBody => ({
  type: "agent.state",
  state,
  reason,
})

export function fromDesk(snapshot: DeskSnapshot): DeskView {
  const { me, offers, waiting, team, wrap_ups, invitations, sessions } = snapshot
  const { teams = [], bar = [], rules = {}, shift = null } = snapshot
  return { me, offers, waiting, team, wrapUps: wrap_ups, invitations, sessions, teams, bar, rules, shift }
}

export function applyDesk(desk: DeskView, change: DeskChanged): DeskView {
  const me = change.me ?? change.team?.find((one) => one.user === desk.me.user) ?? desk.me
  return {
    me,
    offers: merge(desk.offers, change.offers, change.offers_gone, (o) => o.id),
    waiting: merge(desk.waiting, change.waiting, change.waiting_gone, (w) => w.contact),
    team: merge(desk.team, change.team, change.team_gone, (c) => c.user),
    wrapUps: merge(desk.wrapUps, change.wrap_ups, change.wrap_ups_gone, (w) => w.contact),
    invitations: merge(desk.invitations, change.invitations, change.invitations_gone, (i) => i.session),
    sessions: merge(desk.sessions, [], change.sessions_gone, (s) => s),
    teams: change.teams ?? desk.teams,
    bar: change.bar ?? desk.bar,
    rules: change.rules ?? desk.rules,
    shift: change.shift ?? desk.shift,
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

export const TEAM_ORDERS = ["state", "name", "department", "medium"] as const
export type TeamOrder = (typeof TEAM_ORDERS)[number]

/** The colleagues of a list (null: of all lists) whose name or department has the text, in the order asked for. */
export function teamOf(
  desk: DeskView,
  list: string | null,
  order: TeamOrder,
  text: string,
  language: string,
): readonly Colleague[] {
  const members = new Set(desk.teams.find((one) => one.id === list)?.members ?? desk.team.map((one) => one.user))
  const by = new Intl.Collator(language)
  const wanted = text.trim().toLocaleLowerCase(language)
  const keys: Record<TeamOrder, (a: Colleague, b: Colleague) => number> = {
    state: (a, b) => STATE_ORDER[a.state] - STATE_ORDER[b.state],
    name: () => 0,
    department: (a, b) => by.compare(a.department, b.department),
    medium: (a, b) => Number(!a.media?.length) - Number(!b.media?.length) || by.compare(media(a), media(b)),
  }
  return desk.team
    .filter((one) => one.user !== desk.me.user && members.has(one.user))
    .filter((one) => `${one.name} ${one.department}`.toLocaleLowerCase(language).includes(wanted))
    .sort((a, b) => keys[order](a, b) || by.compare(a.name, b.name))
}

const media = (one: Colleague) => one.media?.join(" ") ?? ""

export function teamInOrder(desk: DeskView): readonly Colleague[] {
  return teamOf(desk, null, "state", "", "en")
}

/** The colleagues of the team bar; who is in no list any more is left out. */
export function barOf(desk: DeskView): readonly Colleague[] {
  return desk.bar.map((user) => desk.team.find((one) => one.user === user)).filter((one) => one !== undefined)
}

export const MOST_IN_BAR = 25

/** The bar with `user` put before the one at `place`. */
export function movedTo(bar: readonly string[], user: string, place: number): string[] {
  const others = bar.filter((one) => one !== user)
  return [...others.slice(0, place), user, ...others.slice(place)].slice(0, MOST_IN_BAR)
}

export const setBar = (users: readonly string[]): ClientBody => ({ type: "team.bar", users: [...users] })

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
