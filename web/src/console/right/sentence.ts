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
  "transferred",
  "dropped",
  "page_alarm",
  "sharing",
  "control_on",
  "control_off",
  "folder",
  "reported",
  "ended",
  "rated",
] as const satisfies readonly Exclude<Line["kind"], "chat">[]

/** The line of the log as a sentence, seen by `you`. */
export function sentence(line: Line, you: string | null, t: Translate): string {
  const data = line.data ?? {}
  const own = line.by !== null && line.by === you
  const what = data.capability ? t(`staff.capability.${data.capability}`, { defaultValue: data.capability }) : ""
  const count = line.kind === "rated" ? Number(data.stars) : undefined
  const values = {
    ...data,
    by: line.by_name || t("staff.nameless"),
    what,
    count,
    holder: data.holder || t("staff.everybody"),
  }
  const say = (variant: string) => t(`staff.log.${line.kind}_${variant}`, { ...values, defaultValue: "" })
  const plain = lacks(line, what)
  const failed = line.kind === "dropped" && data.reason === "recording" && say("recording")
  const variety = plain ? "" : ((line.kind === "folder" ? data.act : line.kind === "sharing" ? data.what : "") ?? "")
  const varied = variety && ((own && say(`${variety}_you`)) || say(variety))
  const special =
    failed || varied || (plain && own && say("plain_you")) || (plain && say("plain")) || (own && say("you"))
  const text = special || t(`staff.log.${line.kind}`, { ...values, defaultValue: line.text || line.kind })
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}

/** What the full sentence needs is not there. */
function lacks(line: Line, what: string): boolean {
  const data = line.data ?? {}
  switch (line.kind) {
    case "invited":
    case "control_passed":
    case "transferred":
      return !data.to
    case "queued":
      return !data.queue
    case "file":
    case "sharing":
      return !data.name
    case "folder":
      return !data.place
    case "rated":
      return !data.stars
    case "ended":
    case "recording_on":
    case "recording_off":
      return line.by === null
    default:
      return what === ""
  }
}
