import type { Medium } from "./types"

/** Why an agent does not get the contact: a code, and for a skill which one, the agent's level and the one needed. */
export interface WhyNot {
  code: string
  skill: string | null
  has: number
  needs: number
}

export interface Candidate {
  agent: string
  /** None: the agent may take it now. */
  reasons: WhyNot[]
  skill_sum: number
  load: number
}

/** What routing says of a contact. Times in seconds since the epoch. */
export interface Explanation {
  queue: string
  medium: Medium
  waited: number
  /** How many of the queue's steps are active. */
  steps: number
  next_step: number | null
  /** Levels that are required now. */
  skills: Record<string, number>
  /** Groups whose agents may take it now, beside the agents of the queue. */
  groups: string[]
  agent: string | null
  candidates: Candidate[]
  chosen: string | null
}

/** Who gets it first, then who could, then those whom the least speaks against. */
export function ranked({ candidates, chosen }: Explanation): Candidate[] {
  const place = (one: Candidate) => (one.agent === chosen ? -1 : one.reasons.length)
  return [...candidates].sort(
    (a, b) => place(a) - place(b) || b.skill_sum - a.skill_sum || a.load - b.load || (a.agent < b.agent ? -1 : 1),
  )
}
