import { expect, test } from "vitest"
import { levelOf, withLevel } from "./skills"

test("a level is set in its place, added or taken away", () => {
  const skills = [
    { skill: "french", level: 5 },
    { skill: "gold", level: 1 },
  ]
  expect(withLevel(skills, "french", 7)).toEqual([{ skill: "french", level: 7 }, skills[1]])
  expect(withLevel(skills, "german", 44)).toEqual([...skills, { skill: "german", level: 10 }])
  expect(withLevel(skills, "gold", 0)).toEqual([skills[0]])
  expect([levelOf(skills, "gold"), levelOf(skills, "german")]).toEqual([1, 0])
})
