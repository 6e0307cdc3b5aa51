import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import en from "../../locales/en.json"
import fr from "../../locales/fr.json"
import { ERROR_CODES } from "../contract/messages"

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, path = ""): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[path + key, value]] : [...flat(value, `${path}${key}.`)],
  )
  return new Map(entries)
}

const texts = {
  en: new Map([...flat(en.staff, "staff."), ...flat(en.common, "common.")]),
  fr: new Map([...flat(fr.staff, "staff."), ...flat(fr.common, "common.")]),
}

const source = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return source(path)
    return /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name) ? [readFileSync(path, "utf8")] : []
  })

const root = join(import.meta.dirname, "..")
const code = [...source(join(root, "console")), ...source(join(root, "staff"))].join("\n")

describe("the catalogues of staff", () => {
  it("have the same texts in both languages", () => {
    expect([...texts.fr.keys()].sort()).toEqual([...texts.en.keys()].sort())
  })

  it("have the same places to fill in each text", () => {
    const places = (text: string | undefined) =>
      [...(text ?? "").matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1]).sort()
    for (const [key, text] of texts.en) expect([key, places(texts.fr.get(key))]).toEqual([key, places(text)])
  })

  it("have every text that the code names", () => {
    const named = [...code.matchAll(/["'`]((?:staff|common)\.[a-zA-Z0-9_.]+)["'`]/g)].map((one) => one[1] ?? "")
    const there = (key: string) => texts.en.has(key) || texts.en.has(`${key}_other`)
    expect([...new Set(named)].filter((key) => !there(key))).toEqual([])
  })

  it("have no text that the code does not name", () => {
    const begun = [...code.matchAll(/[`]((?:staff|common)\.[a-zA-Z0-9_.]+)\$\{/g)].map((one) => one[1] ?? "")
    const used = (key: string) => {
      const bare = key.replace(/_(one|other)$/, "")
      return code.includes(`"${key}"`) || code.includes(`"${bare}"`) || begun.some((start) => key.startsWith(start))
    }
    expect([...texts.en.keys()].filter((key) => !used(key))).toEqual([])
  })

  it("say every error of the server", () => {
    expect([...ERROR_CODES, "offline"].filter((error) => !texts.en.has(`common.error.${error}`))).toEqual([])
  })
})
