import { describe, expect, it } from "vitest"
import { follow, IllegalTransfer, knows, part, type Transfer, told } from "./transfer"

const one = (given: Partial<Transfer> = {}): Transfer => ({
  key: "k",
  session: "s",
  giver: "c",
  kind: "download",
  place: { root: "r", title: "D", path: [] },
  name: "a",
  size: 100,
  moved: 0,
  state: "queued",
  file: null,
  exists: "refuse",
  batch: "b",
  reason: null,
  ...given,
})

describe("a transfer", () => {
  it("goes only where its table says", () => {
    expect(follow("queued", "ask")).toBe("asked")
    expect(follow("moving", "save")).toBe("saving")
    expect(() => follow("done", "queue")).toThrow(IllegalTransfer)
    expect(() => follow("moving", "pause")).toThrow("a transfer that is moving knows no pause")
    expect([knows("failed", "queue"), knows("done", "queue")]).toEqual([true, false])
  })

  it("counts both ways, to the server and on", () => {
    expect(part(one({ moved: 50, state: "moving" }))).toBe(0.25)
    expect(part(one({ moved: 50, state: "saving", file: "f" }))).toBe(0.75)
    expect(part(one({ moved: 200, state: "moving" }))).toBe(0.5)
    expect(part(one({ size: null, state: "asked" }))).toBe(0)
    expect(part(one({ size: 0, state: "done" }))).toBe(1)
  })

  it("is told together with the others", () => {
    const all = [one({ state: "done" }), one({ size: 300 }), one({ state: "failed" }), one({ state: "stopped" })]
    expect(told(all)).toEqual({ open: 1, failed: 1, part: 0.25 })
    expect(told([])).toEqual({ open: 0, failed: 0, part: 0 })
  })
})
