import { describe, expect, it } from "vitest"
import { heard, hold, NO_FOCUS, resume, sends, toFront, want, without } from "./focus"

const talkingTo = (session: string) => want(NO_FOCUS, session, { mic: true })

describe("microphone and camera", () => {
  it("go to the session where they are turned on", () => {
    const state = talkingTo("a")
    expect(state.focus).toBe("a")
    expect(sends(state, "a", "mic")).toBe(true)
    expect(sends(state, "a", "camera")).toBe(false)
  })

  it("go to one session at a time", () => {
    const state = want(talkingTo("a"), "b", { mic: true })
    expect([sends(state, "a", "mic"), sends(state, "b", "mic")]).toEqual([false, true])
  })

  it("follow a session that comes to the front with its microphone on", () => {
    const both = want(talkingTo("a"), "b", { mic: true })
    expect(toFront(both, "a").focus).toBe("a")
  })

  it("stay with whoever is spoken to while a silent session is read", () => {
    expect(toFront(talkingTo("a"), "b").focus).toBe("a")
  })

  it("are taken to the front when nobody is spoken to", () => {
    expect(toFront(NO_FOCUS, "a").focus).toBe("a")
    expect(toFront(toFront(NO_FOCUS, "a"), "b").focus).toBe("b")
    expect(toFront(want(talkingTo("a"), "a", { mic: false }), "b").focus).toBe("b")
  })

  it("are silent for all on hold, and come back", () => {
    const held = hold(talkingTo("a"), "a")
    expect(sends(held, "a", "mic")).toBe(false)
    expect(sends(resume(held, "a"), "a", "mic")).toBe(true)
  })

  it("are not put on hold from another session", () => {
    const state = talkingTo("a")
    expect(hold(state, "b")).toBe(state)
  })

  it("are free again when the session is over", () => {
    const state = without(talkingTo("a"), "a")
    expect(state).toEqual(NO_FOCUS)
  })
})

describe("the ear", () => {
  it("is where the voice goes, else in front", () => {
    expect(heard(talkingTo("a"), "b")).toBe("a")
    expect(heard(NO_FOCUS, "b")).toBe("b")
    expect(heard(NO_FOCUS, null)).toBe(null)
  })
})
