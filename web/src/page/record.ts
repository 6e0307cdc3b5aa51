/**
 * A recorded page part: a gzip stream of records. Each is: length of the payload (u32), milliseconds since the part
 * began (u32), kind (u8), epoch (u32), payload; big-endian. A recording that was cut off ends where it was cut.
 */
import type { Op, PageOutcome, PageReason, Shown } from "./acts"
import { MESSAGE_LIMIT } from "./format"

export const MESSAGE = 0
export const ACT = 1
export const RESULT = 2
export const SHOWN = 3
/** Nobody saw the page from here on. */
export const CUT = 4

const HEADER = 13
/** Bytes of a part, unpacked. */
const LIMIT = 1024 * 1024 * 1024

export interface Record {
  /** Milliseconds since the part began; never less than that of the one before. */
  at: number
  kind: number
  epoch: number
  payload: Uint8Array
}

/** What was typed is not kept. */
type Untyped<O> = O extends unknown ? Omit<O, "text" | "value" | "key"> : never

export interface ActPayload {
  act: string
  by: string
  by_name: string
  op: Untyped<Op>
}

export interface ResultPayload {
  act: string
  outcome: PageOutcome
  reason: PageReason | null
}

export interface ShownPayload {
  by: string
  by_name: string
  shown: Shown
}

/** All that is there of a gzip stream, whole or not. */
async function unzip(data: ArrayBuffer): Promise<Uint8Array> {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip")).getReader()
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for (let next = await reader.read(); !next.done && size < LIMIT; next = await reader.read()) {
      pieces.push(next.value)
      size += next.value.length
    }
  } catch {
    // It was cut off, or is none: what came before is all there is.
  }
  reader.cancel().catch(() => {})
  const all = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/** The records of unpacked bytes, up to the first that is not whole or cannot be. */
export function records(bytes: Uint8Array): Record[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: Record[] = []
  let last = 0
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const length = view.getUint32(at)
    const end = at + HEADER + length
    if (length > MESSAGE_LIMIT || end > bytes.length) break
    last = Math.max(last, view.getUint32(at + 4))
    const payload = bytes.subarray(at + HEADER, end)
    found.push({ at: last, kind: view.getUint8(at + 8), epoch: view.getUint32(at + 9), payload })
    at = end
  }
  return found
}

/** The records of a part as it is stored. */
export async function unpack(data: ArrayBuffer): Promise<Record[]> {
  return records(await unzip(data))
}

const OPS = new Set(["click", "hover", "insert", "value", "key", "select", "check", "scroll", "drag", "go"])
const MARKS = new Set(["pointer", "highlight", "stroke", "wipe"])
const OUTCOMES = new Set(["done", "asking", "refused"])

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= 20_000
const isPlace = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 3 &&
  Number.isInteger(value[0]) &&
  value.every((one) => Number.isFinite(one) && Math.abs(one) <= 2 ** 31)

/** JSON of a record that is an object; null when it is none. */
function object(record: Record): { [name: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(record.payload))
    return typeof value === "object" && value !== null ? (value as { [name: string]: unknown }) : null
  } catch {
    return null
  }
}

export function actOf(record: Record): ActPayload | null {
  const value = object(record)
  const op = value?.op as { [name: string]: unknown } | undefined
  if (!value || !isText(value.act) || !isText(value.by) || !isText(value.by_name)) return null
  if (typeof op !== "object" || op === null || !OPS.has(String(op.op))) return null
  return "node" in op && !Number.isInteger(op.node) ? null : (value as unknown as ActPayload)
}

export function resultOf(record: Record): ResultPayload | null {
  const value = object(record)
  return value && isText(value.act) && OUTCOMES.has(String(value.outcome)) ? (value as unknown as ResultPayload) : null
}

export function shownOf(record: Record): ShownPayload | null {
  const value = object(record)
  const shown = value?.shown
  if (!value || !isText(value.by) || !isText(value.by_name) || !isShown(shown)) return null
  return { by: value.by, by_name: value.by_name, shown }
}

/** What somebody shows, checked as what comes from elsewhere. */
export function isShown(value: unknown): value is Shown {
  const shown = value as { [name: string]: unknown } | null
  if (typeof shown !== "object" || shown === null || !MARKS.has(String(shown.mark))) return false
  if (shown.mark === "pointer") return shown.at === null || isPlace(shown.at)
  if (shown.mark === "highlight") return shown.node === null || Number.isInteger(shown.node)
  if (shown.mark !== "stroke") return true
  const { points } = shown
  return Number.isInteger(shown.stroke) && Array.isArray(points) && points.length <= 200 && points.every(isPlace)
}
