import { expect, test } from "vitest"
import type { AgainstIt, AgentVerdict } from "../contract/messages"
import { ranked } from "./policy"

test("whoever gets the contact stands first, then who could have it", () => {
  const why: AgainstIt = { code: "offline", skill: null, skill_name: null, has: 0, needs: 0 }
  const agent = (id: string, part: Partial<AgentVerdict> = {}): AgentVerdict => ({
    agent: id,
    name: id,
    eligible: !part.reasons,
    reasons: [],
    skill_sum: 0,
    load: 0,
    ...part,
  })
  const agents = [
    agent("a", { reasons: [why, why] }),
    agent("b", { reasons: [why] }),
    agent("c"),
    agent("d", { load: 1 }),
    agent("e", { skill_sum: 3 }),
  ]
  expect(ranked({ agents, chosen: "c" }).map((one) => one.agent)).toEqual(["c", "e", "d", "b", "a"])
  expect(ranked({ agents, chosen: null })[0]?.agent).toBe("e")
})
