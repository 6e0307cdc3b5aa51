import { describe, expect, it, vi } from "vitest"
import type { ClientBody, FolderAsk } from "../contract/messages"
import { Refused } from "../wire/control"
import { Asks } from "./asks"
import type { Answer } from "./foldermodel"

const LIST: FolderAsk["op"] = { op: "list", root: null, path: [] }
const MAKE: FolderAsk["op"] = { op: "make", root: "r", path: ["a"] }
const put = (exists: "refuse" | "replace"): FolderAsk["op"] => ({
  op: "upload",
  root: "r",
  path: ["a"],
  file: "f",
  exists,
})

function scene() {
  const sent: FolderAsk[] = []
  let refusal: string | null = null
  let wait: number | null = null
  const asks = new Asks(async (body: ClientBody) => {
    if (refusal) throw new Refused({ code: refusal as "conflict", message: "", retry_after: wait })
    sent.push(body as FolderAsk)
  })
  const heard: Answer[] = []
  const begin = (op: FolderAsk["op"]) => asks.begin("s", "c", op, (answer) => heard.push(answer))
  const answer = (ask: string, given: Answer, session = "s") =>
    asks.receive(session, { type: "folder.answered", ask, giver: "c", answer: given as never })
  const settled = () => new Promise((done) => setTimeout(done))
  const refuse = (code: string | null, after: number | null = null) => {
    refusal = code
    wait = after
  }
  return { asks, sent, heard, begin, answer, settled, refuse }
}

describe("asks", () => {
  it("go on at the pace that the server lets them", async () => {
    const { begin, sent, heard, settled, refuse } = scene()
    refuse("throttled", 0)
    const key = begin(MAKE)
    await settled()
    expect([sent, heard]).toEqual([[], []])
    refuse(null)
    await vi.waitFor(() => expect(sent.map((one) => one.ask)).toEqual([key]))
  })

  it("hear their own answers until the last, and no others", () => {
    const { begin, answer, heard, sent } = scene()
    const key = begin(MAKE)
    expect(sent).toEqual([{ type: "folder.ask", ask: key, giver: "c", op: MAKE }])
    answer("another", { result: "done" })
    answer(key, { result: "done" }, "another session")
    expect(heard).toEqual([])
    answer(key, { result: "asking" })
    answer(key, { result: "done" })
    answer(key, { result: "done" })
    expect(heard).toEqual([{ result: "asking" }, { result: "done" }])
  })

  it("hear the server's refusal in the client's words", async () => {
    const { begin, heard, settled, refuse } = scene()
    for (const code of ["not_allowed", "not_ready", "throttled"]) {
      refuse(code)
      begin(LIST)
      await settled()
    }
    expect(heard.map((one) => one.result === "refused" && one.reason)).toEqual(["no_consent", "no_client", "throttled"])
  })

  it("go again under the same mark when the line was lost, if that does no harm", async () => {
    const { asks, begin, heard, sent, settled, refuse } = scene()
    const [list, safe, make, over] = [begin(LIST), begin(put("refuse")), begin(MAKE), begin(put("replace"))]
    asks.linked()
    await settled()
    expect(sent.map((one) => one.ask)).toEqual([list, safe, make, over, list, safe])
    expect(heard).toEqual([1, 2].map(() => ({ result: "refused", reason: "lost" })))
    refuse("conflict")
    asks.linked()
    await settled()
    expect(heard).toHaveLength(2)
  })

  it("wait for the line, where they can", async () => {
    const { asks, begin, heard, sent, settled, refuse } = scene()
    refuse("offline")
    const list = begin(LIST)
    begin(MAKE)
    await settled()
    expect(heard).toEqual([{ result: "refused", reason: "offline" }])
    refuse(null)
    asks.linked()
    expect(sent.map((one) => one.ask)).toEqual([list])
  })

  it("are stopped by the client, or here when nothing waits there", async () => {
    const { asks, begin, heard, sent, answer, settled, refuse } = scene()
    const key = begin(LIST)
    asks.stop(key)
    expect(sent[1]?.op).toEqual({ op: "stop", ask: key })
    expect(heard).toEqual([])
    answer(key, { result: "refused", reason: "stopped" })
    const second = begin(LIST)
    refuse("not_found")
    asks.stop(second)
    await settled()
    expect(heard.map((one) => one.result === "refused" && one.reason)).toEqual(["stopped", "stopped"])
  })
})
