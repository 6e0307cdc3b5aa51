import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Assets } from "./assets"

beforeEach(() => {
  vi.useFakeTimers()
  let made = 0
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => `blob:${++made}`)
  vi.spyOn(URL, "revokeObjectURL").mockImplementation(() => {})
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function make() {
  const wanted: string[][] = []
  const fresh: string[][] = []
  const assets = new Assets(
    (hashes) => wanted.push(hashes),
    (hashes) => fresh.push([...hashes]),
  )
  return { assets, wanted, fresh }
}

test("what is asked for several times is wanted once, and together", async () => {
  const { assets, wanted } = make()
  expect([assets.url("a"), assets.url("b"), assets.url("a")]).toEqual([null, null, null])
  await Promise.resolve()
  expect(wanted).toEqual([["a", "b"]])
})

test("what comes has an address, told of together", async () => {
  const { assets, fresh } = make()
  assets.url("a")
  assets.url("b")
  assets.came("a", "image/png", new ArrayBuffer(1))
  assets.came("b", "font/woff2", new ArrayBuffer(1))
  vi.runAllTimers()
  expect(fresh).toEqual([["a", "b"]])
  expect([assets.url("a"), assets.url("b")]).toEqual(["blob:1", "blob:2"])
  assets.clear()
  expect(URL.revokeObjectURL).toHaveBeenCalledTimes(2)
  expect(assets.url("a")).toBeNull()
})

test("what nobody asked for, what cannot be had and what is no picture or font is not kept", () => {
  const { assets, fresh } = make()
  assets.url("a")
  assets.url("b")
  assets.came("c", "image/png", new ArrayBuffer(1))
  assets.came("a", "text/html", new ArrayBuffer(1))
  assets.came("b", "image/png", null)
  vi.runAllTimers()
  expect(fresh).toEqual([])
  expect(URL.createObjectURL).not.toHaveBeenCalled()
})
