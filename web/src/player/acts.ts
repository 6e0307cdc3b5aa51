import type { Act } from "./pageacts"

/** Acts of one person of one kind that follow each other: one mark on the timeline. */
export interface ActMark {
  readonly key: string
  /** Seconds on the timeline. */
  readonly at: number
  readonly by: string
  readonly op: Act["op"]
  readonly count: number
  /** The last refusal among them. */
  readonly refused: Act["reason"]
}

/** Seconds between two that belong together: typing goes on. */
const TOGETHER = 1.5
const GROUPED: ReadonlySet<string> = new Set(["key", "insert", "value"])

/** Marks of the acts of a part, which began at `starts`. */
export function actMarks(part: string, starts: number, acts: readonly Act[]): readonly ActMark[] {
  const marks: ActMark[] = []
  let lately = Number.NEGATIVE_INFINITY
  for (const act of [...acts].sort((a, b) => a.at - b.at)) {
    const at = starts + act.at
    const refused = act.outcome === "refused" ? (act.reason ?? "failed") : null
    const last = marks.at(-1)
    const together = last && GROUPED.has(act.op) && GROUPED.has(last.op) && last.by === act.by && at - lately < TOGETHER
    // Keys among typing are typing.
    const op = last?.op === "key" ? act.op : last?.op
    if (together)
      marks[marks.length - 1] = { ...last, op: op ?? act.op, count: last.count + 1, refused: refused ?? last.refused }
    else marks.push({ key: `${part} ${marks.length}`, at, by: act.by, op: act.op, count: 1, refused })
    lately = at
  }
  return marks
}
