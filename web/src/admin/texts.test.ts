import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import en from "../../locales/en.json"
import fr from "../../locales/fr.json"

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, path: string): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[path + key, value]] : [...flat(value, `${path}${key}.`)],
  )
  return new Map(entries)
}

const texts = { en: flat(en.admin, "admin."), fr: flat(fr.admin, "admin.") }

const source = (folder: string): string =>
  readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return source(path)
      return /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name) ? readFileSync(path, "utf8") : ""
    })
    .join("\n")

const code = source(import.meta.dirname)

test("both catalogues say the same things, with the same gaps to fill", () => {
  expect([...texts.fr.keys()]).toEqual([...texts.en.keys()])
  const gaps = (text: string | undefined) => [...(text ?? "").matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1]).sort()
  for (const [key, text] of texts.en) expect([key, gaps(texts.fr.get(key))]).toEqual([key, gaps(text)])
})

test("every text that the code names is there, and no other", () => {
  const named = [...code.matchAll(/["'`](admin\.[a-zA-Z0-9_.]+)["'`]/g)].map((one) => one[1] ?? "")
  const there = (key: string) => texts.en.has(key) || texts.en.has(`${key}_other`)
  expect([...new Set(named)].filter((key) => !there(key))).toEqual([])
  const begun = [...code.matchAll(/[`](admin\.[a-zA-Z0-9_.]+)\$\{/g)].map((one) => one[1] ?? "")
  const used = (key: string) => {
    const bare = key.replace(/_(one|other)$/, "")
    return named.includes(key) || named.includes(bare) || begun.some((start) => key.startsWith(start))
  }
  expect([...texts.en.keys()].filter((key) => !used(key))).toEqual([])
})

test("French has its narrow spaces before marks", () => {
  const wrong = [...texts.fr].filter(([, text]) => / [?!;:»]|« /.test(text))
  expect(wrong).toEqual([])
})
