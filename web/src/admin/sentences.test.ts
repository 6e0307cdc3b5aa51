import i18next from "i18next"
import { beforeAll, expect, test } from "vitest"
import en from "../../locales/en.json"
import fr from "../../locales/fr.json"
import { fresh } from "./items"
import { span, startSentence, stepSentence } from "./sentences"
import type { Kind, QueueItem, Step } from "./types"

const i18n = i18next.createInstance()
beforeAll(() =>
  i18n.init({
    lng: "en",
    resources: { en: { translation: en }, fr: { translation: fr } },
    interpolation: { escapeValue: false },
  }),
)

const name = (_: Kind, id: string) => id.toUpperCase()
const step = (part: Partial<Step>): Step => ({ after: 30, groups: [], lower: 0, drop: [], end: null, ...part })
const say = (part: Partial<Step>) => stepSentence(step(part), name, i18n.t, "en")

test("a step is read as a sentence", () => {
  expect(say({})).toBe("Nothing changes yet: open this step and choose.")
  expect(say({ groups: ["a", "b"], lower: 2 })).toBe(
    "The agents of A and B may take it too. Every required level is 2 lower.",
  )
  expect(say({ drop: ["gold"] })).toBe("GOLD is no longer required.")
  expect(say({ end: { to: "queue", queue: "night" } })).toBe("The contact goes to NIGHT.")
  expect(say({ end: { to: "callback", queue: null } })).toBe("The wait ends with a callback.")
})

test("the start says who and what is required", () => {
  const queue = { ...(fresh("queue") as QueueItem), groups: ["gold"], skills: [{ skill: "french", level: 5 }] }
  expect(startSentence(queue, 2, name, i18n.t, "en")).toBe(
    "2 agents by name and the agents of GOLD may take it. Required: FRENCH 5.",
  )
  expect(startSentence({ ...queue, groups: [], skills: [] }, 0, name, i18n.t, "en")).toBe("Nobody may take it yet.")
})

test("times are said in the unit that fits", () => {
  expect([span(0, "en"), span(90, "en"), span(600, "en"), span(5400, "en")]).toEqual([
    "0 sec",
    "90 sec",
    "10 min",
    "1 hr 30 min",
  ])
})
