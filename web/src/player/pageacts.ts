import type { Op, PageOutcome, PageReason } from "../page/acts"
import { ACT, actOf, RESULT, resultOf, unpack } from "../page/record"

/** What somebody of staff did on the customer's page. `at`: seconds from the beginning of the part. */
export interface Act {
  readonly at: number
  readonly by: string
  readonly op: Op["op"]
  readonly outcome: PageOutcome | null
  readonly reason: PageReason | null
}

const MOST_ACTS = 100_000
/** Not for the timeline: they come many a second and do nothing. */
const UNSEEN: ReadonlySet<string> = new Set(["hover", "scroll"])

/** The acts of a recorded page part, with what became of them. */
export async function readActs(file: ArrayBuffer): Promise<readonly Act[]> {
  const acts: Act[] = []
  const places = new Map<string, number>()
  for (const record of await unpack(file)) {
    const act = record.kind === ACT ? actOf(record) : null
    const result = record.kind === RESULT ? resultOf(record) : null
    if (act && !UNSEEN.has(act.op.op) && acts.length < MOST_ACTS) {
      places.set(act.act, acts.length)
      acts.push({ at: record.at / 1000, by: act.by_name, op: act.op.op, outcome: null, reason: null })
    }
    const place = result ? places.get(result.act) : undefined
    if (result && place !== undefined) {
      acts[place] = { ...(acts[place] as Act), outcome: result.outcome, reason: result.reason ?? null }
    }
  }
  return acts
}
