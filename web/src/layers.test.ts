import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { describe, expect, test } from "vitest"

const SRC = resolve(import.meta.dirname)

/** Which of our rooms a room may import from, beside itself. */
const MAY_KNOW: Record<string, readonly string[]> = {
  contract: [],
  page: ["contract"],
  screen: ["contract", "page", "view"],
  wire: ["contract", "page"],
  rtc: ["contract", "wire"],
  ui: ["contract", "wire", "locales"],
  view: ["contract", "page", "locales"],
  capture: ["contract", "page", "ui"],
  player: ["contract", "wire", "page"],
  join: ["contract", "page", "screen", "wire", "rtc", "ui", "locales"],
  client: ["contract", "join", "wire", "ui", "locales"],
  embed: ["contract", "page", "capture", "wire", "rtc", "ui", "locales"],
  data: ["contract", "page", "screen", "wire", "rtc"],
  staff: ["contract", "page", "wire", "data", "ui", "locales"],
  callbacks: ["contract", "wire", "data", "staff", "locales"],
  console: [
    "contract",
    "page",
    "screen",
    "wire",
    "rtc",
    "data",
    "staff",
    "ui",
    "locales",
    "replay",
    "supervise",
    "callbacks",
    "admin",
  ],
  supervise: ["contract", "wire", "data", "staff", "ui", "locales"],
  replay: ["contract", "page", "wire", "player", "data", "staff", "ui", "locales"],
  admin: ["contract", "page", "wire", "data", "staff", "ui", "locales"],
}

const WITHOUT_FRAMEWORK = new Set([
  "contract",
  "wire",
  "rtc",
  "ui",
  "player",
  "join",
  "client",
  "embed",
  "page",
  "screen",
  "view",
  "capture",
])
const FRAMEWORK = /^(react|react-dom|react-i18next|@mantine\/|@tabler\/icons-react)/

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return files(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

function imports(path: string): string[] {
  const text = readFileSync(path, "utf8")
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "")
}

function roomOf(path: string): string {
  const parts = relative(SRC, path).split("/")
  return parts[0] === ".." ? (parts[1] ?? "") : (parts[0] ?? "")
}

describe.each(Object.keys(MAY_KNOW))("room %s", (room) => {
  const found = files(join(SRC, room)).map((path) => [relative(SRC, path), imports(path)] as const)

  test("knows only the rooms it may know", () => {
    const wrong = found.flatMap(([path, names]) =>
      names
        .filter((name) => name.startsWith("."))
        .map((name) => roomOf(resolve(SRC, dirname(path), name)))
        .filter((other) => other !== room && !MAY_KNOW[room]?.includes(other))
        .map((other) => `${path} knows ${other}`),
    )
    expect(wrong).toEqual([])
  })

  test.runIf(WITHOUT_FRAMEWORK.has(room))("needs no framework", () => {
    const wrong = found.flatMap(([path, names]) => names.filter((n) => FRAMEWORK.test(n)).map((n) => `${path}: ${n}`))
    expect(wrong).toEqual([])
  })
})

test("the embed loads the capture on demand, and knows its types alone", () => {
  const wrong = files(join(SRC, "embed")).filter((path) =>
    /import (?!type )[^;\n]*from "\.\.\/capture\//.test(readFileSync(path, "utf8")),
  )
  expect(wrong).toEqual([])
})

test("every room is named", () => {
  const rooms = readdirSync(SRC, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  expect(rooms.filter((room) => !(room in MAY_KNOW))).toEqual([])
})
