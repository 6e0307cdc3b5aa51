import type { Line } from "../../contract/messages"

type Translate = (key: string, options?: Record<string, unknown>) => string

/** Every kind of line but the chat itself. A test holds that each has its sentence in each language. */
export const LOG_KINDS = [
  "created",
  "queued",
  "joined",
  "left",
  "lost",
  "back",
  "asked",
  "granted",
  "refused",
  "withdrawn",
  "cancelled",
  "expired",
  "notice",
  "file",
  "invited",
  "recording_on",
  "recording_off",
  "control_passed",
  "dropped",
  "ended",
  "rated",
] as const satisfies readonly Exclude<Line["kind"], "chat">[]

/** The line of the log as a sentence, seen by `you`. */
export function sentence(line: Line, you: string | null, t: Translate): string {
  const data = line.data ?? {}
  const own = line.by !== null && line.by === you
  const name = line.by_name || data.name || t("staff.nameless")
  const what = data.capability ? t(`staff.capability.${data.capability}`, { defaultValue: data.capability }) : ""
  const values = {
    ...data,
    by: name,
    name: data.to || data.name || name,
    what,
    file: data.name || "",
  }
  const variants = [
    own ? `${line.kind}_you` : null,
    what ? null : `${line.kind}_plain`,
    line.kind === "ended" && line.by === null ? "ended_system" : null,
  ].filter((key) => key !== null)
  for (const key of variants) {
    const text = t(`staff.log.${key}`, { ...values, defaultValue: "" })
    if (text) return text
  }
  return t(`staff.log.${line.kind}`, { ...values, defaultValue: line.text || line.kind })
}
