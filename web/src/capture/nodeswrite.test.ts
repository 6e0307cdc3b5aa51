import { afterEach, expect, test } from "vitest"
import { PageMasker } from "./mask"
import { Registry } from "./nodes"
import { Writer } from "./nodeswrite"
import type { Assets } from "./parts"

const asked: string[] = []
const assets = {
  get: (url: string) => {
    asked.push(url)
    return "asset:x"
  },
  css: (text: string) => {
    asked.push(text)
    return text
  },
} as Partial<Assets> as Assets
const none = {} as never

/** Attributes of the first element, as they are sent. */
function sent(html: string): unknown {
  document.body.innerHTML = html
  asked.length = 0
  const registry = new Registry()
  const masker = new PageMasker({ mask: [".p"], unmask: [] }, document)
  const writer = new Writer(
    registry,
    masker,
    assets,
    () => {},
    () => false,
    none,
    none,
    none,
  )
  const entry = registry.add(document.body.firstElementChild as Element)
  writer.enter(entry)
  masker.close()
  return writer.attributes(entry)
}

afterEach(() => {
  document.body.innerHTML = ""
})

test("pictures of a private place are not asked for", () => {
  expect(sent(`<div class=p style="color: red; background: url(/a.png)">x</div>`)).toEqual({
    class: "p",
    style: "color: red",
  })
  expect(sent(`<table class=p background="/a.png"></table>`)).toEqual({ class: "p" })
  expect(sent(`<img class=p src="/a.png" style="background: url(/a.png)">`)).toEqual({ class: "p", style: "" })
  expect(asked).toEqual([])
})

test("those of other places are", () => {
  expect(sent(`<table background="/a.png"></table>`)).toEqual({ background: "asset:x" })
  expect(sent(`<p style="background: url(/a.png)">x</p>`)).toEqual({ style: "background: url(/a.png)" })
  expect(asked).toEqual(["background: url(/a.png)"])
})
