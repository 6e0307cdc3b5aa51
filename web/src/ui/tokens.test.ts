import { describe, expect, it } from "vitest"
import { brand, contrast, readable, TOKENS } from "./tokens"

/** Light and dark value of a colour in the tokens. */
function token(name: string): [string, string] {
  const found = new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(TOKENS)
  if (!found) throw new Error(name)
  return [found[1] as string, found[2] as string]
}

describe("colours", () => {
  const pairs = [
    ["text", "bg"],
    ["text", "panel"],
    ["text", "sunk"],
    ["text", "accent-soft"],
    ["muted", "panel"],
    ["muted", "bg"],
    ["muted", "sunk"],
    ["muted", "accent-soft"],
    ["accent", "panel"],
    ["on-accent", "accent"],
    ["stop", "panel"],
    ["stop", "stop-soft"],
    ["on-stop", "stop"],
    ["wait", "wait-soft"],
    ["live", "live-soft"],
  ]
  it.each(pairs)("%s can be read on %s", (front, ground) => {
    const [fl, fd] = token(front as string)
    const [gl, gd] = token(ground as string)
    expect(contrast(fl, gl)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(fd, gd)).toBeGreaterThanOrEqual(4.5)
  })

  it("make a company's colour readable", () => {
    for (const accent of ["#ffee00", "#000000", "#b3451f", "#fff", "#7f7f7f"]) {
      expect(contrast(readable(accent, "#ffffff"), "#ffffff")).toBeGreaterThanOrEqual(4.5)
      const made = brand({ accent })["--accent"] ?? ""
      const over = brand({ accent })["--on-accent"] ?? ""
      const colours = (text: string) => [...text.matchAll(/#\w{6}/g)].map((m) => m[0])
      const [light, dark] = colours(made) as [string, string]
      const [onLight, onDark] = colours(over) as [string, string]
      expect(contrast(light, onLight)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(dark, onDark)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(dark, "#181c22")).toBeGreaterThanOrEqual(4.5)
    }
  })

  it("take nothing but a colour from a site's settings", () => {
    expect(brand({ accent: "red; background: url(x)" })).toEqual({})
  })
})
