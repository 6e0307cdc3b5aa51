import { useEffect, useMemo, useState } from "react"
import { api, codeOf, type Proposal } from "./api"
import { emptyFields } from "./items"
import { equal } from "./merge"
import { type Draft, useAdmin } from "./model"
import type { Checked, Problem } from "./types"

const TYPING_PAUSE_MS = 350
const NOTHING: readonly Problem[] = []

export interface Check {
  /** What is wrong with the item itself: fields left empty at once, the rest by the server's word. */
  own: readonly Problem[]
  /** What the change would make wrong elsewhere. */
  others: readonly Problem[]
  /** The server's last answer; none while it was not asked or could not be. */
  checked: Checked | null
  checking: boolean
}

/** Asks the server, while one types, what saving (or `removal`) would do. */
export function useCheck(draft: Draft | null, removal: Proposal | null = null): Check {
  const admin = useAdmin()
  const [answer, setAnswer] = useState<{ of: Proposal; checked: Checked | null; failed?: string } | null>(null)
  const empty = useMemo(() => (draft ? emptyFields(draft.kind, draft.id, draft.item) : NOTHING), [draft])
  const proposal = useMemo(() => removal ?? (draft ? admin.proposal(draft) : null), [admin, draft, removal])
  useEffect(() => {
    if (!proposal) return
    const abort = new AbortController()
    const timer = setTimeout(
      () => {
        api.check([proposal], abort.signal).then(
          (checked) => setAnswer({ of: proposal, checked }),
          (error: unknown) => {
            if (!abort.signal.aborted) setAnswer({ of: proposal, checked: null, failed: codeOf(error) })
          },
        )
      },
      removal ? 0 : TYPING_PAUSE_MS,
    )
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [proposal, removal])
  const checked = proposal ? (answer?.checked ?? null) : null
  const [own, others] = useMemo(() => {
    const told = checked?.problems ?? NOTHING
    const ours = ({ kind, id }: Problem) => kind === proposal?.kind && id === proposal.id
    return [told.filter(ours), told.filter((one) => !ours(one))]
  }, [checked, proposal])
  return {
    own: empty.length ? empty : own,
    others: empty.length ? NOTHING : others,
    checked,
    checking: proposal !== null && !equal(answer?.of, proposal),
  }
}
