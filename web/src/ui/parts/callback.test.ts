import { afterEach, describe, expect, it, vi } from "vitest"
import { Api } from "../../wire/http"
import { info, line, snapshot } from "../../wire/testing"
import { fromSnapshot, type SessionView } from "../../wire/view"
import { render } from "../dom"
import { CallbackForm, callback, offered, promise, promised, slots } from "./callback"

const HOUR = 3600
const NOON = new Date(2026, 10, 22, 12).getTime() / 1000

function waiting(estimate: number | null): SessionView {
  const view = fromSnapshot(snapshot({ session: info("waiting") }))
  return { ...view, position: { type: "queue.position", position: 1, estimate } }
}

describe("a callback is offered", () => {
  const choice = { offer_after: 120, open: [], number: "" }
  it.each([
    [null, true],
    [119, false],
    [120, true],
  ])("for an expected wait of %s: %s", (estimate, shown) => {
    expect(offered(choice, waiting(estimate))).toBe(shown)
  })
  it("never where nobody calls back, nor before the place is known", () => {
    expect(offered({ ...choice, offer_after: null }, waiting(null))).toBe(false)
    expect(offered(null, waiting(null))).toBe(false)
    expect(offered(choice, { ...waiting(null), position: null })).toBe(false)
  })
})

describe("the times to choose from", () => {
  it("are half hours within the hours, not at once", () => {
    const found = slots([{ start: NOON - HOUR, end: NOON + 2 * HOUR }], NOON)
    expect([...found.values()].flat().map((at) => (at - NOON) / HOUR)).toEqual([0.5, 1, 1.5])
    expect([...found.keys()]).toEqual([new Date(2026, 10, 22).getTime() / 1000])
  })

  it("are by day in the person's own zone, for a week", () => {
    const spans = Array.from({ length: 10 }, (_, day) => ({
      start: NOON + day * 24 * HOUR,
      end: NOON + (day * 24 + 1) * HOUR,
    }))
    expect(slots(spans, NOON).size).toBe(8)
  })

  it("are none where nobody calls in the coming days", () => expect(slots([], NOON).size).toBe(0))

  it("are at daytime where any time will do", () => {
    const hours = [...slots(null, NOON).values()].flat().map((at) => new Date(at * 1000).getHours())
    expect(Math.min(...hours)).toBe(8)
    expect(Math.max(...hours)).toBe(19)
  })
})

describe("the form", () => {
  const sent: unknown[] = []
  let answer: () => Response
  let open: [] | null = null
  const form = () => {
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      if (init.body) sent.push(JSON.parse(String(init.body)))
      if (init.method === "GET") return Response.json({ offer_after: 0, open, number: "+33612345678" })
      expect(new URL(url).pathname).toBe("/api/v1/session/callback")
      return answer()
    })
    return new CallbackForm(new Api("https://desk.example"), () => {})
  }
  afterEach(() => {
    vi.unstubAllGlobals()
    open = null
    sent.length = 0
  })

  it("asks as soon as possible, with the number that is known", async () => {
    answer = () => Response.json({ reference: "K7", at: null }, { status: 201 })
    const made = form()
    await made.load()
    await made.send()
    expect(sent).toEqual([expect.objectContaining({ number: "+33612345678", at: null })])
    expect(made.trouble).toBeNull()
  })

  it("shows what the server promised, before the session's end is heard of, and asks no second time", async () => {
    answer = () => Response.json({ reference: "K7QF-29XR", at: NOON }, { status: 201 })
    const made = form()
    made.open = true
    made.number = "+33612345678"
    await made.send()
    await made.send()
    expect(sent).toHaveLength(1)
    const root = document.createElement("div")
    render(
      root,
      callback(made, waiting(null), () => {}),
    )
    expect(root.querySelector("form")).toBeNull()
    expect(root.textContent).toContain("K7QF-29XR")
    expect(root.querySelector("[role=status]")?.textContent).toContain("November")
  })

  it("offers no time where nobody calls in the coming days", async () => {
    open = []
    const made = form()
    await made.load()
    made.open = true
    const root = document.createElement("div")
    render(
      root,
      callback(made, waiting(null), () => {}),
    )
    expect(root.querySelectorAll("input[type=radio]")).toHaveLength(1)
  })

  it("says what is wrong with the number, and keeps it", async () => {
    answer = () => Response.json({ code: "bad_request", message: "", field: "number" }, { status: 400 })
    const made = form()
    made.open = true
    made.number = "<img src=x>"
    await made.send()
    const root = document.createElement("div")
    render(
      root,
      callback(made, waiting(null), () => {}),
    )
    expect(root.querySelector("[role=alert]")?.textContent).toContain("We cannot call this number")
    expect(root.querySelector("input")?.value).toBe("<img src=x>")
    expect(root.querySelector("img")).toBeNull()
  })

  it("offers a day and a time", async () => {
    const made = form()
    await made.load()
    made.open = true
    const root = document.createElement("div")
    const draw = () => render(root, callback(made, waiting(null), draw))
    draw()
    const radio = root.querySelectorAll<HTMLInputElement>("input[type=radio]")[1]
    radio?.click()
    radio?.dispatchEvent(new Event("change"))
    const selects = [...root.querySelectorAll("select")]
    expect(selects).toHaveLength(2)
    expect(made.at).not.toBeNull()
    expect(selects[1]?.value).toBe(String(made.at))
  })
})

describe("what was promised", () => {
  it("is read off the log of the session", () => {
    const ended = (data: Record<string, string>) =>
      fromSnapshot(snapshot({ session: info("ended"), lines: [line("l", "ended", { data })] }))
    expect(promised(ended({ reason: "" }))).toBeNull()
    expect(promised(ended({ reason: "callback", reference: "K7", at: "" }))).toEqual({ reference: "K7", at: null })
    const at = promised(ended({ reason: "callback", reference: "K7", at: String(NOON) }))
    expect(at).toEqual({ reference: "K7", at: NOON })
    const root = document.createElement("div")
    render(root, promise({ reference: "<b>K7</b>", at: NOON }, "h2"))
    expect(root.textContent).toContain("<b>K7</b>")
    expect(root.textContent).toContain("November")
  })
})
