import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { view as en } from "../../locales/en.json"
import { view as fr } from "../../locales/fr.json"
import { setLanguage, t } from "./text"

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, path = ""): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[path + key, value]] : [...flat(value, `${path}${key}.`)],
  )
  return new Map(entries)
}

const texts = { en: flat(en), fr: flat(fr) }
const code = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".ts") && !name.includes(".test."))
  .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"))
  .join("\n")

describe("the catalogues of the view", () => {
  afterEach(() => setLanguage("en"))

  it("have the same texts in both languages, with the same places to fill in", () => {
    const places = (text: string | undefined) => [...(text ?? "").matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1])
    expect([...texts.fr.keys()].sort()).toEqual([...texts.en.keys()].sort())
    for (const [key, text] of texts.en) expect([key, places(texts.fr.get(key))]).toEqual([key, places(text)])
  })

  it("have every text that the code names, and no other", () => {
    const named = [...code.matchAll(/\bt\("([a-z_.]+)"/g)].map((one) => one[1] ?? "")
    const begun = [...code.matchAll(/\bt\(`([a-z_.]+)\$\{/g)].map((one) => one[1] ?? "")
    expect(named.filter((key) => !texts.en.has(key))).toEqual([])
    const used = (key: string) => named.includes(key) || begun.some((start) => key.startsWith(start))
    expect([...texts.en.keys()].filter((key) => !used(key))).toEqual([])
  })

  it("are filled in, and have nothing for what is no text", () => {
    expect(t("reason.declined", "Jeanne $& Petit")).toBe("Jeanne $& Petit said no")
    setLanguage("fr-CA")
    expect(t("reason.declined", "Jeanne")).toBe("Jeanne a dit non")
    expect([t("reason.__proto__"), t("reason"), t("constructor.name")]).toEqual(["", "", ""])
  })
})
