import { describe, expect, it } from "vitest"
import type { Note } from "../contract/messages"
import * as notes from "./notes"

const note = (text: string, version: number): Note => ({ text, version, saved_at: 0, saved_by: "Sofia" })

describe("notes", () => {
  it("are due once typed, and not while on their way", () => {
    const book = notes.typed(notes.open(null, null), "a")
    expect(notes.due(book)).toBe(true)
    expect(notes.due(notes.sent(book))).toBe(false)
    expect(notes.due(notes.accepted(notes.sent(book)))).toBe(false)
  })

  it("go on being typed while a save is on its way", () => {
    const book = notes.accepted(notes.typed(notes.sent(notes.typed(notes.open(null, null), "a")), "ab"))
    expect([book.saved, book.text, notes.due(book)]).toEqual(["a", "ab", true])
  })

  it("ask when a draft of before stands on an older text than there is now", () => {
    const book = notes.open(note("theirs", 5), "mine", 3)
    expect([notes.due(book), book.text, book.theirs?.text]).toEqual([false, "mine", "theirs"])
    expect(notes.due(notes.settle(book, "both"))).toBe(true)
    expect(notes.due(notes.open(note("theirs", 5), "mine", 5))).toBe(true)
  })

  it("count one save once, whichever of reply and event comes first", () => {
    const sent = notes.sent(notes.typed(notes.open(note("", 4), null), "a"))
    expect(notes.arrived(notes.accepted(sent), note("a", 5)).version).toBe(5)
    expect(notes.accepted(notes.arrived(sent, note("a", 5))).version).toBe(5)
  })

  it("take over what another wrote while nothing was typed here", () => {
    expect(notes.arrived(notes.open(note("a", 1), null), note("b", 2)).text).toBe("b")
  })

  it("never lose what was typed: both texts are there to choose from", () => {
    const clash = notes.arrived(notes.typed(notes.open(note("a", 1), null), "mine"), note("theirs", 2))
    expect(clash.text).toBe("mine")
    expect(notes.due(clash)).toBe(false)
    expect(notes.settle(clash, "both").text).toBe("theirs\n\nmine")
    expect(notes.due(notes.settle(clash, "mine"))).toBe(true)
    expect(notes.due(notes.settle(clash, "theirs"))).toBe(false)
    expect(notes.settle(clash, "mine").version).toBe(2)
  })

  it("come back after a reload", () => {
    const book = notes.open(note("a", 1), "a and more")
    expect([book.text, notes.due(book)]).toEqual(["a and more", true])
  })

  it("are due again when they could not be sent", () => {
    expect(notes.due(notes.failed(notes.sent(notes.typed(notes.open(null, null), "a"))))).toBe(true)
  })
})
