import type { TFunction } from "i18next"
import type { Line } from "../contract/messages"

/** The words of a capability in the middle of a sentence. */
export function capabilityName(t: TFunction, capability: string): string {
  return t(`audit.capability.${capability}`, { defaultValue: capability })
}

/** A line of the log as a sentence. A kind that is not known yet is shown as it is called, never left out. */
export function sentence(t: TFunction, line: Line): string {
  const by = line.by_name || t("audit.system")
  if (line.kind === "chat") return line.text ?? ""
  const data = line.data ?? {}
  const values = {
    ...data,
    by,
    what: data.capability ? capabilityName(t, data.capability) : "",
    who: data.holder || data.giver || data.to || data.name || "",
    file: data.name || data.file || "",
    count: Number(data.stars ?? 0),
  }
  const variant = VARIANTS[line.kind]?.(line, data)
  const key = `audit.line.${line.kind}${variant ? `_${variant}` : ""}`
  const said = t(key, { ...values, defaultValue: `${by}: ${line.kind}` })
  return line.text ? `${said}: ${line.text}` : said
}

/** Some kinds have other words when nobody did it, or when the other side is named. */
const VARIANTS: Partial<Record<Line["kind"], (line: Line, data: Record<string, string>) => string>> = {
  queued: (_, data) => (data.queue ? "in" : ""),
  dropped: (_, data) => (data.reason === "recording" ? "recording" : ""),
  ended: (line) => (line.by_name ? "by" : ""),
  recording_on: (line) => (line.by_name ? "by" : ""),
  recording_off: (line) => (line.by_name ? "by" : ""),
  granted: (_, data) => (data.holder ? "to" : ""),
  asked: (_, data) => (data.giver ? "of" : ""),
  invited: (_, data) => (data.to ? "named" : ""),
  sharing: (_, data) => data.what ?? "",
  folder: (_, data) => (data.act === "list" && !data.place ? "roots" : (data.act ?? "")),
}

/** What a mark on the timeline looks like: shape and colour say the same, so neither says it alone. */
export type MarkKind = "yes" | "no" | "ask" | "person" | "file" | "record" | "chat" | "other"

const MARKS: Partial<Record<Line["kind"], MarkKind>> = {
  chat: "chat",
  granted: "yes",
  refused: "no",
  withdrawn: "no",
  cancelled: "no",
  expired: "no",
  asked: "ask",
  joined: "person",
  left: "person",
  lost: "person",
  back: "person",
  control_passed: "person",
  transferred: "person",
  file: "file",
  recording_on: "record",
  recording_off: "record",
  notice: "record",
  reported: "no",
}

export function markKind(kind: Line["kind"]): MarkKind {
  return MARKS[kind] ?? "other"
}
