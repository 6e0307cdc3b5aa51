import type { Op, PageOutcome, PageReason } from "../page/acts"

/** What somebody of staff did on the customer's page. `at`: seconds from the beginning of the part. */
export interface Act {
  readonly at: number
  readonly by: string
  readonly op: Op["op"]
  readonly outcome: PageOutcome | null
  readonly reason: PageReason | null
}

/** Length of the payload, milliseconds, kind, epoch. */
const HEADER = 13
const ACT = 1
const RESULT = 2
/** Bytes; an act is much smaller, and what is larger is skipped. */
const MOST = 128 * 1024
const MOST_ACTS = 100_000
/** Not for the timeline: they come many a second and do nothing. */
const UNSEEN: ReadonlySet<string> = new Set(["hover", "scroll"])

interface Found {
  act: string
  said: { -readonly [K in keyof Act]: Act[K] }
}

/**
 * The acts of a recorded page part. The rest is passed over unread, however large. A file that breaks off gives what
 * it has: a recorder may have been stopped.
 */
export async function readActs(file: ArrayBuffer): Promise<readonly Act[]> {
  const found: Found[] = []
  const byMark = new Map<string, Found>()
  const take = (kind: number, at: number, payload: Uint8Array) => {
    const body = json(payload)
    const act = typeof body.act === "string" ? body.act : ""
    const op = (body.op as { op?: unknown } | undefined)?.op
    if (kind === ACT && typeof op === "string" && !UNSEEN.has(op) && found.length < MOST_ACTS) {
      const one = { act, said: { at, by: String(body.by_name ?? ""), op: op as Op["op"], outcome: null, reason: null } }
      found.push(one)
      byMark.set(act, one)
    } else if (kind === RESULT) {
      const one = byMark.get(act)
      if (one) Object.assign(one.said, { outcome: body.outcome ?? null, reason: body.reason ?? null })
    }
  }
  const records = new Records(take)
  try {
    for await (const piece of inflated(file)) records.add(piece)
  } catch {
    // It breaks off here.
  }
  return found.map((one) => one.said)
}

async function* inflated(file: ArrayBuffer): AsyncGenerator<Uint8Array> {
  const reader = new Blob([file]).stream().pipeThrough(new DecompressionStream("gzip")).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

function json(payload: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload))
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Cuts a stream of bytes into records; keeps no more of one than is wanted. */
class Records {
  readonly #take: (kind: number, at: number, payload: Uint8Array) => void
  #kept = new Uint8Array(HEADER)
  #have = 0
  #want = HEADER
  #skip = 0
  #inPayload = false
  #kind = 0
  #at = 0

  constructor(take: (kind: number, at: number, payload: Uint8Array) => void) {
    this.#take = take
  }

  add(piece: Uint8Array): void {
    let from = 0
    while (from < piece.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, piece.length - from)
        this.#skip -= step
        from += step
        continue
      }
      const step = Math.min(this.#want - this.#have, piece.length - from)
      this.#kept.set(piece.subarray(from, from + step), this.#have)
      this.#have += step
      from += step
      if (this.#have === this.#want) this.#full()
    }
  }

  #full(): void {
    if (this.#inPayload) {
      this.#take(this.#kind, this.#at, this.#kept)
      this.#next()
      return
    }
    const header = new DataView(this.#kept.buffer)
    const length = header.getUint32(0)
    this.#at = header.getUint32(4) / 1000
    this.#kind = header.getUint8(8)
    const wanted = (this.#kind === ACT || this.#kind === RESULT) && length > 0 && length <= MOST
    if (wanted) {
      this.#inPayload = true
      this.#kept = new Uint8Array(length)
      this.#have = 0
      this.#want = length
    } else {
      this.#next()
      this.#skip = length
    }
  }

  #next(): void {
    this.#inPayload = false
    this.#kept = new Uint8Array(HEADER)
    this.#have = 0
    this.#want = HEADER
  }
}
