import { MAX_LEVEL, type SkillLevel } from "./types"

/** 0: the agent does not have the skill. */
export function levelOf(skills: readonly SkillLevel[], skill: string): number {
  return skills.find((one) => one.skill === skill)?.level ?? 0
}

/** Skills with one at a level; 0 or less takes it away, more than the highest is the highest. */
export function withLevel(skills: readonly SkillLevel[], skill: string, level: number): SkillLevel[] {
  const rest = skills.filter((one) => one.skill !== skill)
  if (level <= 0) return rest
  const next = { skill, level: Math.min(MAX_LEVEL, level) }
  return skills.length === rest.length ? [...rest, next] : skills.map((one) => (one.skill === skill ? next : one))
}
