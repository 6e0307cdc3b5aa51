import { printable } from "../page/text"

/** What is sent: JSON without control characters, which come along when one pastes and which the server takes nowhere. */
export function json(body: unknown): string {
  return JSON.stringify(body, (_key, value: unknown) => (typeof value === "string" ? printable(value) : value))
}
