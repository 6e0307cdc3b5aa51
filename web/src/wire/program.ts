import type { ClientLink } from "../contract/messages"

export type Platform = "linux" | "windows" | "mac"

/**
 * What fetches and starts the native client, on every platform that has Python with pipx: from the server itself, checked
 * against its digest. `wheel`: as the server says it.
 */
export function fetched(origin: string, wheel: string): string {
  return `pipx run --spec "deskside-client @ ${origin}${wheel}" rs-client`
}

/**
 * `program`: what starts it. It asks for link or number, which let in whoever has them: on the command line all who use
 * the computer could read them.
 */
export function startOf(program: string, origin: string): string {
  return `${program} --server "${origin}"`
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
