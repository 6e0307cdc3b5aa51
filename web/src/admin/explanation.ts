import type { Medium } from "./types"

/** Why an agent does not get the contact: a code, and for a skill which one, the agent's level and the one needed. */
export interface Against {
  code: string
  skill: string | null
  skill_name: string | null
  has: number
  needs: number
}

export interface Verdict {
  agent: string
  name: string
  /** Among those of whom the first is chosen. */
  eligible: boolean
  skill_sum: number
  load: number
  reasons: Against[]
}

/** What routing says of a contact. Times in seconds of waiting. */
export interface Explanation {
  queue: string
  queue_name: string
  medium: Medium
  waited: number
  /** How many of the queue's steps are active. */
  steps: number
  next_step: number | null
  /** Levels that are required now. */
  skills: { skill: string; name: string; level: number }[]
  /** Groups whose agents may take it now, beside the agents of the queue. */
  groups: { id: string; name: string }[]
  agent: string | null
  chosen: string | null
  chosen_name: string | null
  agents: Verdict[]
}

/** Who gets it first, then who could, then those whom the least speaks against. */
export function ranked({ agents, chosen }: Pick<Explanation, "agents" | "chosen">): Verdict[] {
  const place = (one: Verdict) => (one.agent === chosen ? -1 : one.reasons.length)
  return [...agents].sort(
    (a, b) => place(a) - place(b) || b.skill_sum - a.skill_sum || a.load - b.load || (a.agent < b.agent ? -1 : 1),
  )
}
