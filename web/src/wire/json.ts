// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g

/** The text as the server will have it. */
export const printable = (text: string): string => text.replace(CONTROL, "")

/** What is sent: JSON without control characters, which come along when one pastes and which the server takes nowhere. */
export function json(body: unknown): string {
  return JSON.stringify(body, (_key, value: unknown) => (typeof value === "string" ? printable(value) : value))
}
