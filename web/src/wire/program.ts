import type { ClientLink } from "../contract/messages"

export type Platform = "linux" | "windows" | "mac"

/** What fetches and starts the native client, on every platform that has Python with pipx. */
export const FETCHED = 'pipx run --spec "deskside[client]" rs-client'

/** The whole command for this link. */
export function commandFor(link: string): string {
  return `${FETCHED} "${link}"`
}

/** `program`: what starts it. Without a token it asks for a number, which belongs to the server at `origin`. */
export function startOf(program: string, origin: string, token: string | null): string {
  return token ? `${program} "${origin}/client#${token}"` : `${program} --server "${origin}"`
}

/** The token in the fragment of a client's link; null for anything else, as people paste what they find here. */
export function tokenOf(fragment: string): string | null {
  return /^#([A-Za-z0-9_-]{16,128})$/.exec(fragment)?.[1] ?? null
}

export const linkOf = (made: ClientLink, origin: string): string => origin + made.path

/** The native client runs on computers alone. */
export function isPhone(agent = navigator.userAgent): boolean {
  return /Android|iPhone|iPad|iPod/i.test(agent)
}

export function platform(named = navigator.platform): Platform {
  if (/win/i.test(named)) return "windows"
  return /mac/i.test(named) ? "mac" : "linux"
}
