import i18next from "i18next"
import { describe, expect, it } from "vitest"
import en from "../../../locales/en.json"
import fr from "../../../locales/fr.json"
import { line } from "../../data/testing/made"
import { LOG_KINDS, sentence } from "./sentence"

const catalogues = { en: { translation: en }, fr: { translation: fr } }
const texts = i18next.createInstance()
await texts.init({ resources: catalogues, lng: "en", interpolation: { escapeValue: false } })

/** What each kind carries. */
const DATA = {
  capability: "screen_view",
  holder: "Amélie",
  to: "Sofia",
  queue: "Billing",
  name: "receipt.pdf",
  stars: "4",
  way: "console",
}

describe.each(["en", "fr"] as const)("the log in %s", (language) => {
  const t = texts.getFixedT(language)

  it.each(LOG_KINDS)("has a sentence for %s, whoever did it and whatever is known", (kind) => {
    const lines = [
      line({ kind, data: DATA }),
      line({ kind, by: "me", data: DATA }),
      line({ kind, by: null, by_name: "", data: {} }),
      line({ kind, by: "me", data: {} }),
    ]
    for (const one of lines) {
      const text = sentence(one, "me", t)
      expect(text).not.toBe(kind)
      expect(text).not.toMatch(/\{\{|staff\.|undefined/)
      expect(text.length).toBeGreaterThan(4)
      expect(text).not.toMatch(/: ?$/)
    }
  })
})

describe("a sentence", () => {
  const t = texts.getFixedT("en")
  it("speaks to the reader", () => {
    expect(sentence(line({ kind: "joined", by: "me" }), "me", t)).toBe("You joined")
    expect(sentence(line({ kind: "joined" }), "me", t)).toBe("Jeanne Petit joined")
  })
  it("says what was allowed, who took over, and how many stars there were", () => {
    expect(sentence(line({ kind: "granted", data: { capability: "screen_view", holder: "Amélie" } }), "me", t)).toBe(
      "Jeanne Petit let Amélie see the screen",
    )
    expect(sentence(line({ kind: "control_passed", by_name: "Amélie", data: { to: "Sofia" } }), "me", t)).toBe(
      "Amélie handed over to Sofia",
    )
    expect(sentence(line({ kind: "rated", data: { stars: "1" } }), "me", t)).toBe("Jeanne Petit gave 1 star")
  })
  it("says what is shown, and what was done with it and in folders", () => {
    const said = (kind: (typeof LOG_KINDS)[number], data: Record<string, string>, by = "p") =>
      sentence(line({ kind, by, data }), "me", t)
    expect(said("sharing", { what: "application", name: "Tax $t(x)" })).toBe(
      "Jeanne Petit shows the application Tax $t(x)",
    )
    expect(said("control_on", { capability: "desktop_control", giver: "Jeanne" }, "me")).toBe(
      "You began to control the desktop",
    )
    expect(said("folder", { act: "list", place: "" })).toBe("Jeanne Petit looked at the folders")
    expect(said("folder", { act: "list", place: "Docs" }, "me")).toBe("You looked into the folder Docs")
    expect(said("folder", { act: "rename", place: "Docs/a", to: "b" })).toBe("Jeanne Petit renamed Docs/a to b")
    expect(said("folder", { act: "fold", place: "Docs" })).toBe("Jeanne Petit worked in Docs")
  })
})
