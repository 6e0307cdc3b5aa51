import type {
  Colleague,
  Grant,
  GrantAsk,
  OutboundRequest,
  Participant,
  Presence,
  SessionCreated,
  SessionDetail,
  SessionPage,
} from "../contract/messages"
import type { SessionView } from "../wire/view"
import { request } from "./http"

export type Capability = GrantAsk["capability"]

export const createOutbound = (body: OutboundRequest) => request<SessionCreated>("POST", "/sessions", body)
export const detailOf = (id: string) => request<SessionDetail>("GET", `/sessions/${encodeURIComponent(id)}`)

export function findSessions(query: Record<string, string>, signal?: AbortSignal): Promise<SessionPage> {
  return request<SessionPage>("GET", `/sessions?${new URLSearchParams(query)}`, undefined, signal)
}

export function meIn(view: SessionView): Participant | null {
  return view.participants.find((p) => p.id === view.you) ?? null
}

/** The customer who is in now, else the last one who was. */
export function customerIn(view: SessionView): Participant | null {
  const customers = view.participants.filter((p) => p.role === "customer")
  return customers.find((p) => p.left_at == null) ?? customers.at(-1) ?? null
}

export function customerName(view: SessionView): string {
  return view.session.customer_name || customerIn(view)?.name || ""
}

/** The customer has joined, has not left, and one of their programs is connected. */
export function customerOnline(view: SessionView): boolean {
  const customer = customerIn(view)
  if (!customer || customer.left_at != null || view.session.state !== "live") return false
  return presenceOf(view, customer.id)?.online ?? false
}

export function agentsIn(view: SessionView): readonly Participant[] {
  return view.participants.filter((p) => p.role !== "customer" && p.left_at == null && p.joined_at !== null)
}

/** Agents to whom control can be handed: in the session now, and not the one who has it. */
export function mayTakeOver(view: SessionView): readonly Participant[] {
  return agentsIn(view).filter((p) => p.role === "agent" && p.id !== view.session.primary)
}

export function isPrimary(view: SessionView): boolean {
  return view.session.primary === view.you
}

/** Invited in by a colleague, and the customer has not yet agreed. */
export function awaitsAgreement(view: SessionView): boolean {
  return view.session.state !== "ended" && meIn(view)?.joined_at === null
}

export function presenceOf(view: SessionView, participant: string): Presence | null {
  return view.presence.find((p) => p.participant === participant) ?? null
}

export function personOf(view: SessionView, id: string | null): Participant | null {
  return view.participants.find((p) => p.id === id) ?? null
}

/** The newest grant in one of these states, by `giver` to `holder` where they are named. */
export function grantOf(
  view: SessionView,
  capability: Capability,
  states: readonly Grant["state"][],
  between: { giver?: string; holder?: string } = {},
): Grant | null {
  const found = view.grants.filter(
    (grant) =>
      grant.capability === capability &&
      states.includes(grant.state) &&
      (between.giver === undefined || grant.giver === between.giver) &&
      (between.holder === undefined || grant.holder === between.holder),
  )
  return found.reduce<Grant | null>((last, grant) => (last && last.asked_at > grant.asked_at ? last : grant), null)
}

/** What I have asked and not been answered. */
export function askedByMe(view: SessionView): readonly Grant[] {
  return view.grants.filter((grant) => grant.state === "asked" && grant.holder === view.you)
}

/** Since when the session's clock runs: since it was answered, else since it was made. */
export function runningSince(view: SessionView): number {
  return view.session.answered_at ?? view.session.created_at
}

export function isOver(view: SessionView): boolean {
  return view.session.state === "ended" || meIn(view)?.left_at != null
}

/** Colleagues who could be asked in: signed in, and not in the session yet. */
export function mayInvite(view: SessionView, team: readonly Colleague[]): readonly Colleague[] {
  const inside = new Set(view.participants.filter((p) => p.left_at == null).map((p) => p.user))
  return team.filter((one) => one.state !== "offline" && !inside.has(one.user))
}
