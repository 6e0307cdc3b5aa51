import i18next from "i18next"
import { expect, test } from "vitest"
import en from "../../locales/en.json"
import fr from "../../locales/fr.json"
import type { Line } from "../contract/messages"
import { sentence } from "./sentence"

function keys(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [path + key] : keys(value as object, `${path}${key}.`),
  )
}

test("both catalogues say the same things, with the same gaps to fill", () => {
  expect(keys(fr.audit)).toEqual(keys(en.audit))
  const gaps = (tree: object) =>
    JSON.stringify(tree)
      .match(/\{\{\w+\}\}/g)
      ?.sort()
  expect(gaps(fr.audit)).toEqual(gaps(en.audit))
})

test("a line is a sentence; a kind that is not known is still shown", async () => {
  const i18n = i18next.createInstance()
  await i18n.init({ lng: "en", resources: { en: { translation: en } }, interpolation: { escapeValue: false } })
  const line = (part: Partial<Line>): Line => ({ id: "l", at: 0, kind: "chat", by: "p", by_name: "Ana", ...part })
  const said = (part: Partial<Line>) => sentence(i18n.t, line(part))
  expect(said({ text: "hello $t(audit.system) {{by}}" })).toBe("hello $t(audit.system) {{by}}")
  expect(said({ kind: "granted", data: { capability: "screen_view", holder: "Max" } })).toBe(
    "Ana allowed Max to see the screen",
  )
  expect(said({ kind: "rated", data: { stars: "1" }, text: "bad" })).toBe("Ana gave 1 star of 5: bad")
  expect(said({ kind: "dropped", data: { reason: "recording" } })).toBe("The recording of Ana failed and begins again")
  expect(said({ kind: "sharing", data: { what: "desktop", name: "DP-1" } })).toBe("Ana showed the desktop (DP-1)")
  expect(said({ kind: "control_off", data: { capability: "desktop_control", giver: "Eva" } })).toBe(
    "Ana ceased to control the desktop of Eva",
  )
  expect(said({ kind: "folder", data: { act: "list", place: "", giver: "Eva" } })).toBe(
    "Ana looked at the folders of Eva",
  )
  expect(said({ kind: "folder", data: { act: "delete", place: "D/a", giver: "Eva" } })).toBe("Ana deleted D/a of Eva")
  expect(said({ kind: "ended", by: null, by_name: "" })).toBe("The session ended")
  expect(said({ kind: "joined", by_name: "$t(audit.system)" })).toBe("$t(audit.system) joined")
  expect(said({ kind: "brand_new" as Line["kind"] })).toBe("Ana: brand_new")
})
