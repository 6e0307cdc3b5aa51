import { afterEach, describe, expect, it, vi } from "vitest"
import type { Masker } from "./parts"
import { Front } from "./tabs"

const masker = {
  title: (title: string) => title,
  address: (url: string) => url,
} as unknown as Masker
let front: Front

function about(title: string, address = "https://shop.example/"): { title: string; address: string } {
  vi.spyOn(document, "title", "get").mockReturnValue(title)
  vi.stubGlobal("location", { href: address })
  front = new Front("s", masker, () => {})
  return front.about(true)
}
afterEach(() => {
  front.close()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe("what a tab says of itself", () => {
  it("is one line that the server takes", () => {
    expect(about("\u0000Pay\u0007 now\n\u001b[31m").title).toBe("Pay  now [31m")
    expect(about(`${"x".repeat(199)}😀`).title).toBe("x".repeat(199))
    expect(about("x".repeat(500)).title).toHaveLength(200)
  })

  it("is an address without what looks like a name", () => {
    expect(about("", "https://shop.example/@jeanne/a%0Ab").address).toBe("https://shop.example/%40jeanne/a%0Ab")
    expect(about("", "https://shop.example/a\u0000b").address).toBe("https://shop.example/a b")
  })

  it("is nothing to who may not see it", () => {
    about("Pay")
    expect(front.about(false)).toMatchObject({ title: "", address: "" })
  })
})
