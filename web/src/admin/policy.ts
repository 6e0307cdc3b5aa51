import type { AgentVerdict, PolicyAnswer } from "../contract/messages"

/** Who gets it first, then who could, then those whom the least speaks against. */
export function ranked({ agents, chosen }: Pick<PolicyAnswer, "agents" | "chosen">): AgentVerdict[] {
  const place = (one: AgentVerdict) => (one.agent === chosen ? -1 : one.reasons.length)
  return [...agents].sort(
    (a, b) => place(a) - place(b) || b.skill_sum - a.skill_sum || a.load - b.load || (a.agent < b.agent ? -1 : 1),
  )
}
