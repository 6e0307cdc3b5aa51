import { expect, test } from "vitest"
import { type Candidate, type Explanation, ranked } from "./explanation"

test("whoever gets the contact stands first, then who could have it", () => {
  const why = { code: "offline", skill: null, has: 0, needs: 0 }
  const agent = (id: string, part: Partial<Candidate> = {}): Candidate => ({
    agent: id,
    reasons: [],
    skill_sum: 0,
    load: 0,
    ...part,
  })
  const explanation: Explanation = {
    queue: "support",
    medium: "session",
    waited: 0,
    steps: 0,
    next_step: null,
    skills: {},
    groups: [],
    agent: null,
    chosen: "c",
    candidates: [
      agent("a", { reasons: [why, why] }),
      agent("b", { reasons: [why] }),
      agent("c"),
      agent("d", { load: 1 }),
      agent("e", { skill_sum: 3 }),
    ],
  }
  expect(ranked(explanation).map((one) => one.agent)).toEqual(["c", "e", "d", "b", "a"])
})
