export interface Moves {
  /** Everything from where the choosing began. */
  readonly extend?: boolean
  /** This one more, or less. */
  readonly toggle?: boolean
  /** Go there, and leave what is chosen. */
  readonly keep?: boolean
}

/** The row that a key leads to; null for a key that leads nowhere. */
export function stepped(key: string, at: number, count: number, page: number): number | null {
  const to = {
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    PageUp: at - page,
    PageDown: at + page,
    Home: 0,
    End: count - 1,
  }[key]
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to))
}

/** What is chosen after a step from `from` to `to`; `anchor`: where the choosing began. */
export function chosenBy(
  keys: readonly string[],
  chosen: ReadonlySet<string>,
  from: number,
  to: number,
  anchor: number,
  { extend, toggle, keep }: Moves,
): ReadonlySet<string> {
  const key = keys[to]
  if (extend) return new Set(keys.slice(Math.min(anchor, to), Math.max(anchor, to) + 1))
  if (toggle && key !== undefined) {
    const next = new Set(chosen)
    if (!next.delete(key)) next.add(key)
    return next
  }
  return keep || (from === to && chosen.size === 0) ? chosen : new Set()
}
