import { describe, expect, it } from "vitest"
import type { CallbackPage } from "../contract/messages"
import { Rows } from "./rows"
import { made } from "./testing/made"

const settled = () => new Promise((done) => setTimeout(done))
const page = (ids: string, next: string | null = null): CallbackPage => ({
  rows: [...ids].map((id) => made({ id })),
  next,
})

/** A list whose questions are answered by hand. */
function scripted() {
  const asked: { after: string | null; answer: (page: CallbackPage | Error) => Promise<unknown> }[] = []
  const list = new Rows(
    (after) =>
      new Promise((done, fail) => {
        const answer = (found: CallbackPage | Error) => {
          if (found instanceof Error) fail(found)
          else done(found)
          return settled()
        }
        asked.push({ after, answer })
      }),
  )
  const ids = () =>
    list.store
      .get()
      .rows?.map((one) => one.id)
      .join("")
  return { list, asked, ids }
}

describe("the list of callbacks", () => {
  it("keeps up to date as far as it was loaded", async () => {
    const { list, asked, ids } = scripted()
    void list.refresh()
    await asked[0]?.answer(page("ab", "2"))
    void list.more()
    await asked[1]?.answer(page("cd", "4"))
    expect(ids()).toBe("abcd")
    void list.refresh()
    await asked[2]?.answer(page("ax", "2"))
    await asked[3]?.answer(page("cd", "4"))
    expect(ids()).toBe("axcd")
    expect(asked.map((one) => one.after)).toEqual([null, "2", null, "2"])
    expect(list.store.get().next).toBe("4")
  })

  it("asks for a further page once, however often the button is pressed", async () => {
    const { list, asked, ids } = scripted()
    void list.refresh()
    await asked[0]?.answer(page("ab", "2"))
    void list.more()
    void list.more()
    expect(asked).toHaveLength(2)
    await asked[1]?.answer(page("bc"))
    expect(ids()).toBe("abc")
    void list.more()
    expect(asked).toHaveLength(2)
  })

  it("has no row twice when a look around overtakes a further page", async () => {
    const { list, asked, ids } = scripted()
    void list.refresh()
    await asked[0]?.answer(page("ab", "2"))
    void list.refresh()
    void list.more()
    await asked[1]?.answer(page("zab", "3"))
    await asked[3]?.answer(page("cd"))
    expect(ids()).toBe("zabcd")
    await asked[2]?.answer(page("cd"))
    expect(ids()).toBe("zabcd")
    expect(list.store.get()).toMatchObject({ next: null, more: false })
  })

  it("asks again for what was changed while it asked", async () => {
    const { list, asked, ids } = scripted()
    void list.refresh()
    void list.refresh()
    expect(asked).toHaveLength(1)
    await asked[0]?.answer(page("ab"))
    await asked[1]?.answer(page("b"))
    expect(ids()).toBe("b")
    expect(asked).toHaveLength(2)
  })

  it("keeps its rows when it cannot be reached", async () => {
    const { list, asked, ids } = scripted()
    void list.refresh()
    await asked[0]?.answer(page("ab", "2"))
    void list.more()
    await asked[1]?.answer(new Error("offline"))
    expect(list.store.get()).toMatchObject({ failed: true, more: false, next: "2" })
    expect(ids()).toBe("ab")
  })
})
