import type { Invite, InviteCreated, InviteRequest } from "../contract/messages"
import { request } from "./http"

/** Numbers and links are told once: this tab keeps them, to show them again as long as they are good. */
const told = new Map<string, InviteCreated>()

export function keepTold(session: string, created: InviteCreated): void {
  told.set(`${session} ${created.invite.way}`, created)
}

/** The number or link told before, when it still lets somebody in. */
export function stillGood(
  session: string,
  way: Invite["way"],
  invites: readonly Invite[],
  now: number,
): InviteCreated | null {
  const created = told.get(`${session} ${way}`)
  if (!created) return null
  const { expires_at: end, id } = created.invite
  const known = invites.find((invite) => invite.id === id)
  return end > now && (known === undefined || known.state === "open") ? created : null
}

const at = (session: string) => `/sessions/${encodeURIComponent(session)}/invites`

export const createInvite = (session: string, body: InviteRequest) => request<InviteCreated>("POST", at(session), body)

export const revokeInvite = (session: string, invite: string) =>
  request<unknown>("DELETE", `${at(session)}/${encodeURIComponent(invite)}`)

/** As it is read out: `123 456 789`. */
export function spaced(number: string): string {
  return number.replace(/\D/g, "").replace(/(\d{3})(?=\d)/g, "$1 ")
}

export function openInvites(invites: readonly Invite[], now: number): readonly Invite[] {
  return invites.filter((invite) => invite.state === "open" && invite.expires_at > now)
}

/** The address to say: no `https://`, nothing a customer could mistype. */
export function spokenAddress(base: string): string {
  return `${base.replace(/^https?:\/\//, "").replace(/\/$/, "")}/join`
}
