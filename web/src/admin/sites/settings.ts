import type { SiteSettings as Sent } from "../../contract/messages"

/** With every field: what may be left out on the way in always comes out. */
export type SiteSettings = Required<Sent>
export type Field = keyof SiteSettings
export type Capability = SiteSettings["capabilities"][number]

/** What a site can offer; others stay as they are. */
export const OFFERS = [
  "hear",
  "see",
  "screen_view",
  "page_view",
  "page_control",
  "desktop_view",
  "desktop_control",
  "application_view",
  "application_control",
  "clipboard_in",
  "clipboard_out",
  "files_read",
  "files_write",
] as const satisfies Capability[]

/** One of these goes with it. */
const NEEDS: Partial<Record<Capability, readonly Capability[]>> = {
  page_control: ["page_view"],
  desktop_control: ["desktop_view"],
  application_control: ["application_view"],
  clipboard_in: ["desktop_control", "application_control"],
  clipboard_out: ["desktop_control", "application_control"],
}

function lacksNeeded(one: Capability, among: readonly Capability[]): boolean {
  return NEEDS[one]?.every((needed) => !among.includes(needed)) ?? false
}

/** With or without it, and with what it needs, or without what needs it. */
export function withOffer(offers: readonly Capability[], one: Capability, on: boolean): Capability[] {
  let next = on ? [...new Set([...offers, one])] : offers.filter((other) => other !== one)
  const needed = on && lacksNeeded(one, next) ? NEEDS[one]?.[0] : undefined
  if (needed) next = withOffer(next, needed, true)
  const lacking = next.find((other) => lacksNeeded(other, next))
  return lacking ? withOffer(next, lacking, false) : next
}
export const SELECTORS = ["unmask", "mask", "risky"] as const satisfies Field[]

const MOST_SELECTORS = 200
const LONGEST_SELECTOR = 500
const KEY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/
const CANARY = /^[A-Za-z0-9_-]{8,64}$/

export const EMPTY: SiteSettings = {
  company: "",
  origins: [],
  languages: ["en"],
  queue: "",
  queues: [],
  skills: [],
  // Each is asked for, every time; pages have to be set up first.
  capabilities: OFFERS.filter((one) => !one.startsWith("page_")),
  accent: "#3155d6",
  unmask: [],
  mask: [],
  risky: ["[type=submit]", "form button:not([type])"],
  asset_hosts: [],
  canaries: [],
}

/** `line`: of a list, from 1. */
export interface Wrong {
  field: Field | "key"
  code: "required" | "key" | "origin" | "selector" | "host" | "canary" | "many" | "control"
  line?: number
  value?: string
}

const PIECES = /\\.|\/\*.*?\*\/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*|./gs
const OPENED: Record<string, string> = { ")": "(", "]": "[" }

/** Whether each string, comment and bracket ends in it: CSS lets them stay open, which nobody means. */
function isClosed(text: string): boolean {
  const open: string[] = []
  for (const [piece] of text.matchAll(PIECES)) {
    if (["\\", '"', "'", "/*"].includes(piece)) return false
    if (piece === "(" || piece === "[") open.push(piece)
    else if (OPENED[piece] && open.pop() !== OPENED[piece]) return false
  }
  return open.length === 0
}

/** Whether this browser understands it; the one of the customer does the same. */
export function isSelector(text: string): boolean {
  if (text.length > LONGEST_SELECTOR || /[{}]/.test(text) || !isClosed(text)) return false
  try {
    document.createDocumentFragment().querySelector(text)
    return true
  } catch {
    return false
  }
}

export function isOrigin(text: string): boolean {
  try {
    const { origin, protocol } = new URL(text)
    return origin === text && (protocol === "https:" || protocol === "http:")
  } catch {
    return false
  }
}

/** `host[:port]`, as browsers write it. */
export function isHost(text: string): boolean {
  try {
    return !/[/?#@\\\s]/.test(text) && new URL(`https://${text}`).host === text && !text.endsWith(".")
  } catch {
    return false
  }
}

const LISTS = [
  ["origins", "origin", isOrigin],
  ["unmask", "selector", isSelector],
  ["mask", "selector", isSelector],
  ["risky", "selector", isSelector],
  ["asset_hosts", "host", isHost],
  ["canaries", "canary", (text: string) => CANARY.test(text)],
] as const satisfies [Field, Wrong["code"], (text: string) => boolean][]
const MOST: Partial<Record<Field, number>> = { origins: 50, asset_hosts: 50, canaries: 50 }
const MOST_CHOICES = 50

/** What cannot be saved, as it is typed. */
export function wrongIn(key: string, settings: SiteSettings): Wrong[] {
  const found: Wrong[] = []
  if (!KEY.test(key)) found.push({ field: "key", code: key ? "key" : "required" })
  if (!settings.company.trim()) found.push({ field: "company", code: "required" })
  if (settings.origins.length === 0) found.push({ field: "origins", code: "required" })
  if (settings.languages.length === 0) found.push({ field: "languages", code: "required" })
  if (!settings.queue) found.push({ field: "queue", code: "required" })
  if (settings.capabilities.some((one) => lacksNeeded(one, settings.capabilities)))
    found.push({ field: "capabilities", code: "control" })
  for (const field of ["queues", "skills"] as const) {
    if (settings[field].length > MOST_CHOICES) found.push({ field, code: "many" })
  }
  for (const [field, code, fits] of LISTS) {
    for (const [at, value] of settings[field].entries()) {
      if (!fits(value)) found.push({ field, code, line: at + 1, value })
    }
    if (settings[field].length > (MOST[field] ?? MOST_SELECTORS)) found.push({ field, code: "many" })
  }
  return found
}

/** Lines without the empty ones. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
}
