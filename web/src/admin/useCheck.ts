import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import { same } from "../data/store"
import { api, codeOf, type Proposal } from "./api"
import { emptyFields } from "./items"
import { equal } from "./merge"
import { type Draft, useAdmin } from "./model"
import type { Checked, Problem } from "./types"

const TYPING_PAUSE_MS = 350
const NOTHING: readonly Problem[] = []
const NONE: readonly Proposal[] = []

export interface Check {
  /** What is wrong with the item itself: fields left empty at once, the rest by the server's word. */
  own: readonly Problem[]
  /** What the change would make wrong elsewhere. */
  others: readonly Problem[]
  /** The server's last answer; none while it was not asked or could not be. */
  checked: Checked | null
  checking: boolean
  /** Why the server could not be asked, as a code. */
  failed: string | null
  /** Ask once more. */
  again: () => void
}

/** Does `act`, but only once the server has said what the latest change would do. */
export function useOnceChecked(checking: boolean, act: () => void): { waiting: boolean; go: () => void } {
  const [waiting, setWaiting] = useState(false)
  useEffect(() => {
    if (!waiting || checking) return
    setWaiting(false)
    act()
  }, [waiting, checking, act])
  return { waiting, go: useCallback(() => setWaiting(true), []) }
}

/** It cannot be saved like this. */
export function blocked(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === "error")
}

interface Answer {
  of: readonly Proposal[]
  checked: Checked | null
  failed: string | null
}

/** Asks the server, while one types, what saving (or `removal`) would do. */
export function useCheck(draft: Draft | null, removal: Proposal | null = null): Check {
  const admin = useAdmin()
  const empty = useMemo(() => (draft ? emptyFields(draft.kind, draft.id, draft.item) : NOTHING), [draft])
  const proposal = useMemo(() => removal ?? (draft ? admin.proposal(draft) : null), [admin, draft, removal])
  const proposals = useMemo(() => (proposal ? [proposal] : NONE), [proposal])
  const answer = useAnswer(proposals, removal ? 0 : TYPING_PAUSE_MS)
  const { checked } = answer
  const [own, others] = useMemo(() => {
    const told = checked?.problems ?? NOTHING
    const ours = ({ kind, id }: Problem) => kind === proposal?.kind && id === proposal.id
    return [told.filter(ours), told.filter((one) => !ours(one))]
  }, [checked, proposal])
  return { ...answer, own: empty.length ? empty : own, others: empty.length ? NOTHING : others }
}

/** What saving all these drafts would do; a draft that cannot be saved as it is is left out. */
export function useCheckAll(drafts: readonly Draft[]): Check {
  const admin = useAdmin()
  // The list is made anew each time; only other drafts are another question.
  const kept = useRef(drafts)
  if (!same(kept.current, drafts)) kept.current = drafts
  const those = kept.current
  const proposals = useMemo(
    () => those.map((draft) => admin.proposal(draft)).filter((one): one is Proposal => one !== null),
    [admin, those],
  )
  const answer = useAnswer(proposals, TYPING_PAUSE_MS)
  return { ...answer, own: NOTHING, others: answer.checked?.problems ?? NOTHING }
}

function useAnswer(proposals: readonly Proposal[], pause: number) {
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks for the same again
  useEffect(() => {
    if (proposals.length === 0) return
    const abort = new AbortController()
    const timer = setTimeout(() => {
      api.check(proposals, abort.signal).then(
        (checked) => setAnswer({ of: proposals, checked, failed: null }),
        (error: unknown) => {
          if (!abort.signal.aborted) setAnswer({ of: proposals, checked: null, failed: codeOf(error) })
        },
      )
    }, pause)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [proposals, pause, turn])
  const asked = proposals.length > 0
  const current = equal(answer?.of, proposals)
  return {
    checked: asked ? (answer?.checked ?? null) : null,
    checking: asked && !current,
    failed: asked && current ? (answer?.failed ?? null) : null,
    again: () => {
      setAnswer(null)
      setTurn((old) => old + 1)
    },
  }
}
