import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import en from "../../locales/en.json"
import fr from "../../locales/fr.json"

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, path: string): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[path + key, value]] : [...flat(value, `${path}${key}.`)],
  )
  return new Map(entries)
}

const PERMISSION = "callbacks.manage"
const english = flat(en.callbacks, "callbacks.")
const french = flat(fr.callbacks, "callbacks.")
const code = [import.meta.dirname, join(import.meta.dirname, "../console/header")]
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
  .map((name) => readFileSync(name, "utf8"))
  .join("\n")

it("has the same texts and places in both languages", () => {
  expect([...french.keys()].sort()).toEqual([...english.keys()].sort())
  const places = (text = "") => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((one) => one[1]).sort()
  for (const [key, text] of english) expect([key, places(french.get(key))]).toEqual([key, places(text)])
})

it("has every text that the code names", () => {
  const named = [...code.matchAll(/["'`](callbacks\.[a-zA-Z0-9_.]+)["'`]/g)].map((one) => one[1] ?? "")
  expect([...new Set(named)].filter((key) => !english.has(key) && key !== PERMISSION)).toEqual([])
})

it("has no text that nothing names", () => {
  const begun = [...code.matchAll(/[`](callbacks\.[a-zA-Z0-9_.]+)\$\{/g)].map((one) => one[1] ?? "")
  const used = (key: string) =>
    key.startsWith("callbacks.report.") || code.includes(`"${key}"`) || begun.some((start) => key.startsWith(start))
  expect([...english.keys()].filter((key) => !used(key))).toEqual([])
})
