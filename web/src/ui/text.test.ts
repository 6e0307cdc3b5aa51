import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import * as english from "../../locales/en.json"
import * as french from "../../locales/fr.json"
import { ERROR_CODES } from "../contract/messages"
import { bytes, names, spaced, wait } from "./format"
import { has, pickLanguage, setLanguage, t } from "./text"

const en = { ...english.customer, ...english.session_window }
const fr = { ...french.customer, ...french.session_window }

afterEach(() => setLanguage("en"))

function keys(tree: object, before = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "object" ? keys(value, `${before}${key}.`) : [`${before}${key}`],
  )
}

function read(tree: object, key: string): string {
  return key.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], tree) as string
}

describe("the texts", () => {
  it("are the same in every language, with the same gaps to fill", () => {
    expect(keys(fr)).toEqual(keys(en))
    const gaps = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]))].sort()
    for (const key of keys(en)) expect([key, gaps(read(fr, key))]).toEqual([key, gaps(read(en, key))])
  })

  it("say every error", () => {
    for (const code of [...ERROR_CODES, "offline"]) expect([code, has(`error.${code}`)]).toEqual([code, true])
  })

  it("are French as printers set it, for customers and staff alike", () => {
    const { default: _, ...all } = french as typeof french & { default?: unknown }
    // An apostrophe is curved; what stands high keeps its space, and is never alone on the next line.
    const wrong = /'|[^\s\u00a0\u202f][;?!»](?!\/)|[^\s\u00a0\u202f]:(?![/\d])|[ \n][:;?!»%]|« |\.\.\./
    const found = keys(all).filter((key) => wrong.test(read(all, key).replace(/\{\{.*?\}\}/g, "x")))
    expect(found).toEqual([])
  })

  it("have every key that the source names", () => {
    const root = join(import.meta.dirname, "..")
    const files = ["ui", "ui/parts", "embed", "join"].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
        .map((name) => join(root, folder, name)),
    )
    const known = new Set(keys(en).map((key) => key.replace(/_(one|other)$/, "")))
    const named = files.flatMap((file) => [...readFileSync(file, "utf8").matchAll(/\bt\("([\w.]+)"/g)].map((m) => m[1]))
    expect(named.length).toBeGreaterThan(80)
    expect(named.filter((key) => !known.has(key as string))).toEqual([])
  })
})

describe("t", () => {
  it("fills in and chooses the plural", () => {
    expect(t("queue.minutes", { count: 1 })).toBe("about 1 minute")
    expect(t("queue.minutes", { count: 3 })).toBe("about 3 minutes")
    expect(t("turn.title", { name: "Amélie" })).toBe("Amélie is here")
    setLanguage("fr")
    expect(t("time.seconds", { count: 0 })).toBe("0 seconde")
    expect(t("time.seconds", { count: 2 })).toBe("2 secondes")
  })

  it("does not read what a person typed as a gap", () => {
    expect(t("turn.title", { name: "{{name}} <b>" })).toBe("{{name}} <b> is here")
  })

  it("shows the key of what is missing", () => {
    expect(t("no.such.key")).toBe("no.such.key")
  })

  it("speaks the first language that it knows", () => {
    expect(pickLanguage(undefined, "de-CH", "fr-CA", "en")).toBe("fr")
    expect(pickLanguage("pt")).toBe("en")
  })
})

describe("figures", () => {
  it("are waits in plain words", () => {
    expect(wait(null)).toBe("We can't tell yet how long it takes.")
    expect(wait(20)).toBe("less than a minute")
    expect(wait(50)).toBe("about 1 minute")
    expect(wait(170)).toBe("about 3 minutes")
    expect(wait(7100)).toBe("about 2 hours")
  })

  it.each([
    ["123456789", "123 456 789"],
    ["12 34-5", "123 45"],
    ["+49 (123) 456 789 0", "491 234 567"],
    ["abc", ""],
  ])("are numbers in groups: %s", (typed, expected) => expect(spaced(typed)).toBe(expected))

  it("are sizes and names in the language", () => {
    expect(bytes(482133)).toBe("482 kB")
    expect(bytes(1_500_000)).toBe("1.5 MB")
    expect(names(["Ana", "Bo", "Cy"])).toBe("Ana, Bo, and Cy")
    setLanguage("fr")
    expect(bytes(1_500_000)).toMatch(/^1,5\sMo$/)
    expect(names(["Ana", "Bo"])).toBe("Ana et Bo")
  })
})
