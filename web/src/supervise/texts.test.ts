import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import en from "../../locales/en.json"
import fr from "../../locales/fr.json"

const texts = { en: en.supervise as Record<string, string>, fr: fr.supervise as Record<string, string> }
const folder = import.meta.dirname
const code = readdirSync(folder)
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\./.test(name))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n")

describe("the texts of supervision", () => {
  it("are the same in both languages, with the same places to fill", () => {
    const places = (text: string | undefined) =>
      [...(text ?? "").matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1]).sort()
    expect(Object.keys(texts.fr).sort()).toEqual(Object.keys(texts.en).sort())
    for (const [key, text] of Object.entries(texts.en))
      expect([key, places(texts.fr[key])]).toEqual([key, places(text)])
  })

  it("are all there, and all used", () => {
    const named = [...code.matchAll(/["`]supervise\.([a-z_]+)["`]/g)].map((one) => one[1] ?? "")
    const begun = [...code.matchAll(/`supervise\.([a-z_]+)\$\{/g)].map((one) => one[1] ?? "")
    const there = (key: string) => key in texts.en || `${key}_other` in texts.en
    // Messages to the server have names like these.
    const messages = ["watch", "unwatch", "state", "skill", "queue", "move", "pull"]
    expect(named.filter((key) => !there(key) && !messages.includes(key))).toEqual([])
    const used = (key: string) =>
      named.includes(key.replace(/_(one|other)$/, "")) ||
      named.includes(key) ||
      begun.some((one) => key.startsWith(one))
    expect(Object.keys(texts.en).filter((key) => !used(key))).toEqual([])
  })
})
