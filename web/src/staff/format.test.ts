import { describe, expect, it } from "vitest"
import { ago, bytes, initials, running, seconds } from "./format"

describe("times", () => {
  it("tick in minutes and seconds, with hours when there are some", () => {
    expect([running(0), running(252.9), running(3852), running(-3)]).toEqual(["00:00", "04:12", "1:04:12", "00:00"])
  })

  it("that are past are told from now, in the language", () => {
    expect(ago(0, 7300, "en")).toBe("2 hours ago")
    expect(ago(0, 90_000, "fr")).toBe("hier")
    expect(ago(0, 20, "en")).toBe("this minute")
  })

  it("to wait are whole seconds", () => {
    expect(seconds(8.2, "en")).toBe("9 seconds")
  })
})

describe("signs", () => {
  it("are two letters, the beginning of a number, or a dash", () => {
    expect(["Jeanne Petit", "zoé", "+33 1 76", "", "Visitor 8841", "🙂 Ana"].map(initials)).toEqual([
      "JP",
      "Z",
      "+33",
      "–",
      "V8",
      "A",
    ])
  })
})

describe("sizes", () => {
  it("are short, in the language", () => {
    expect(bytes(482_133, "en")).toBe("482 kB")
    expect(bytes(1_500_000, "en")).toBe("1.5 MB")
    expect(bytes(0, "en")).toBe("0 bytes")
  })
})
