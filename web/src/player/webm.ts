/**
 * What the player reads from a WebM file itself (RFC 9559, sections 5 and 10): when each block is due. Tolerates what
 * a recorder leaves that was stopped: unknown sizes and a missing tail.
 */

export interface Block {
  /** Seconds in the file's own time. */
  at: number
  /** The frame's bytes: from `start` up to `end`. */
  start: number
  end: number
  key: boolean
}

const SEGMENT = 0x18538067
const INFO = 0x1549a966
const CLUSTER = 0x1f43b675
const BLOCK_GROUP = 0xa0
const TRACKS = 0x1654ae6b
const TRACK_ENTRY = 0xae
const TIMESTAMP_SCALE = 0x2ad7b1
const TIMESTAMP = 0xe7
const SIMPLE_BLOCK = 0xa3
const BLOCK = 0xa1
const CODEC_PRIVATE = 0x63a2

/** Elements that are walked into; all others are passed over. */
const OPENED = new Set([SEGMENT, INFO, CLUSTER, BLOCK_GROUP, TRACKS, TRACK_ENTRY])

interface Element {
  id: number
  body: number
  end: number
}

/** Seconds of the first block, or null when none is in `bytes`: the beginning of a file is enough. */
export function firstTimestamp(bytes: Uint8Array): number | null {
  for (const block of blocks(bytes)) return block.at
  return null
}

/** The decoder's set-up (CodecPrivate) of the first track. */
export function codecPrivate(bytes: Uint8Array): Uint8Array | null {
  for (const { id, body, end } of elements(bytes)) {
    if (id === CODEC_PRIVATE) return bytes.subarray(body, end)
    if (id === CLUSTER) return null
  }
  return null
}

/** Every block whose header is in `bytes`, in the file's order. */
export function* blocks(bytes: Uint8Array): Generator<Block> {
  let scale = 1_000_000
  let cluster = 0
  for (const { id, body, end } of elements(bytes)) {
    if (id === TIMESTAMP_SCALE) scale = unsigned(bytes, body, end)
    else if (id === TIMESTAMP) cluster = unsigned(bytes, body, end)
    else if (id === SIMPLE_BLOCK || id === BLOCK) {
      const track = vint(bytes, body, true)
      if (!track || body + track.length + 3 > bytes.length) return
      const head = body + track.length
      const relative = (((bytes[head] ?? 0) << 24) >> 16) | (bytes[head + 1] ?? 0)
      yield {
        at: ((cluster + relative) * scale) / 1e9,
        start: head + 3,
        end,
        key: id === BLOCK || ((bytes[head + 2] ?? 0) & 0x80) !== 0,
      }
    }
  }
}

function* elements(bytes: Uint8Array): Generator<Element> {
  let at = 0
  while (at < bytes.length) {
    const found = element(bytes, at)
    if (!found) return
    yield found
    at = OPENED.has(found.id) ? found.body : found.end
  }
}

function element(bytes: Uint8Array, at: number): Element | null {
  const id = vint(bytes, at, false)
  const size = id && vint(bytes, at + id.length, true)
  if (!id || !size) return null
  const body = at + id.length + size.length
  return { id: id.value, body, end: body + size.value }
}

/** A variable-length integer; `unmarked` takes the length marker off. */
function vint(bytes: Uint8Array, at: number, unmarked: boolean): { value: number; length: number } | null {
  const first = bytes[at]
  if (!first) return null
  const length = Math.clz32(first) - 23
  if (at + length > bytes.length) return null
  let value = unmarked ? first & (0xff >> length) : first
  for (let i = 1; i < length; i++) value = value * 256 + (bytes[at + i] ?? 0)
  return { value, length }
}

function unsigned(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to && i < bytes.length; i++) value = value * 256 + (bytes[i] ?? 0)
  return value
}
