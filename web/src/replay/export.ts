import type { SessionDetail } from "../contract/messages"

/** The detail report as a table of facts, one a line: section, time, item, value. Times are ISO 8601 in UTC. */
export function toCsv(detail: SessionDetail): string {
  const { session } = detail
  const names = new Map(detail.participants.map((p) => [p.id, p.name]))
  const name = (id: string | null) => (id === null ? "" : (names.get(id) ?? id))
  const rows: unknown[][] = [["section", "time", "item", "value"]]
  const { skills = {}, attributes = {}, ...rest } = session
  const plain = Object.entries(rest).filter(([, value]) => value !== null && value !== "")
  for (const [key, value] of plain) {
    const isTime = key.endsWith("_at") || key.endsWith("_since")
    rows.push(["session", isTime ? iso(value as number) : "", key, isTime ? "" : String(value)])
  }
  for (const [id, skill] of Object.entries(skills)) rows.push(["skills", "", id, skill])
  for (const [key, value] of Object.entries(attributes)) rows.push(["page", "", key, value])
  for (const p of detail.participants) {
    rows.push(["people", iso(p.joined_at), p.name, `${p.role}, joined`])
    if (p.left_at) rows.push(["people", iso(p.left_at), p.name, `${p.role}, left`])
  }
  for (const [label, seconds] of Object.entries(detail.streams)) rows.push(["media", "", label, seconds])
  for (const c of detail.consents) {
    const between = `${name(c.giver)} to ${name(c.holder)}, by ${c.basis}`
    rows.push(["consents", iso(c.asked_at), c.capability, `asked: ${between}`])
    if (c.decided_at) rows.push(["consents", iso(c.decided_at), c.capability, `${c.state}: ${between}`])
    if (c.ended_at) rows.push(["consents", iso(c.ended_at), c.capability, `ended: ${between}`])
  }
  for (const f of detail.files) {
    rows.push([
      "files",
      "",
      f.name,
      `${f.size} bytes from ${name(f.sender)}, ${f.state}, sha256 ${f.sha256 ?? "unknown"}`,
    ])
  }
  for (const l of detail.lines) {
    const data = Object.entries(l.data ?? {}).map(([key, value]) => `${key}=${value}`)
    rows.push(["log", iso(l.at), l.kind, [l.by_name, l.text, ...data].filter(Boolean).join(" | ")])
  }
  if (detail.note) rows.push(["note", iso(detail.note.saved_at), detail.note.saved_by, detail.note.text])
  return rows.map((row) => row.map(cell).join(",")).join("\r\n")
}

function iso(time: number | null | undefined): string {
  return time ? new Date(time * 1000).toISOString() : ""
}

/** RFC 4180. What a spreadsheet would run as a formula is made text. */
function cell(value: unknown): string {
  const text = String(value ?? "")
  const safe = typeof value !== "number" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Gives the browser a file to save. */
export function save(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
