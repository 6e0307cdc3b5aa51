import type { ClientLink } from "../contract/messages"

/** What fetches and starts the native client for this link, on every platform that has Python with pipx. */
export function commandFor(link: string): string {
  return `pipx run --spec "deskside[client]" rs-client "${link}"`
}

export const linkOf = (made: ClientLink, origin: string): string => origin + made.path

/** The native client runs on computers alone. */
export function isPhone(agent = navigator.userAgent): boolean {
  return /Android|iPhone|iPad|iPod/i.test(agent)
}
