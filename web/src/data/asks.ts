import type { ClientBody, FolderAnswered, FolderAsk } from "../contract/messages"
import { Refused } from "../wire/control"
import { mark } from "../wire/ids"
import type { Answer } from "./foldermodel"

type Op = FolderAsk["op"]

interface Open {
  readonly session: string
  readonly giver: string
  readonly op: Op
  readonly heard: (answer: Answer) => void
}

/** Refusals of the server that the client there could have given as well. */
const SAME: Readonly<Record<string, string>> = { not_allowed: "no_consent", not_ready: "no_client" }

/** What was asked of folders and has no last answer yet. */
export class Asks {
  readonly #send: (body: ClientBody, session: string) => Promise<void>
  readonly #open = new Map<string, Open>()

  constructor(send: (body: ClientBody, session: string) => Promise<void>) {
    this.#send = send
  }

  /** Ask. `heard` gets each answer, the last being `entries`, `done` or `refused`. Returns the mark to stop it by. */
  begin(session: string, giver: string, op: Op, heard: (answer: Answer) => void): string {
    const key = mark()
    this.#open.set(key, { session, giver, op, heard })
    void this.#pass(key)
    return key
  }

  /** Its answer says whether it was in time. */
  stop(key: string): void {
    const ask = this.#open.get(key)
    if (!ask) return
    const body: FolderAsk = { type: "folder.ask", ask: mark(), giver: ask.giver, op: { op: "stop", ask: key } }
    // Nothing waits there any more: it was never passed on, or its answer was lost.
    this.#send(body, ask.session).catch(() => this.#hear(key, { result: "refused", reason: "stopped" }))
  }

  receive(session: string, body: FolderAnswered): void {
    if (this.#open.get(body.ask)?.session === session) this.#hear(body.ask, body.answer as Answer)
  }

  /** The line is back, and answers were lost meanwhile. What can be asked twice is asked again. */
  linked(): void {
    for (const [key, { op }] of [...this.#open]) {
      if (mayRepeat(op)) void this.#pass(key)
      else this.#hear(key, { result: "refused", reason: "lost" })
    }
  }

  /** Nobody waits for what was asked in this session. */
  drop(session: string): void {
    for (const [key, ask] of [...this.#open]) if (ask.session === session) this.#open.delete(key)
  }

  async #pass(key: string): Promise<void> {
    const ask = this.#open.get(key)
    if (!ask) return
    try {
      await this.#send({ type: "folder.ask", ask: key, giver: ask.giver, op: ask.op }, ask.session)
    } catch (cause) {
      const code = cause instanceof Refused ? cause.code : "server_error"
      // Many files one after the other: it goes on at the pace that the server lets it.
      const wait = cause instanceof Refused && "retry_after" in cause.error ? cause.error.retry_after : null
      if (code === "throttled" && wait != null) {
        setTimeout(() => void this.#pass(key), Math.max(wait, 0.1) * 1000)
        return
      }
      // It waits there still, or goes again as soon as there is a line.
      if (code === "conflict" || (code === "offline" && mayRepeat(ask.op))) return
      this.#hear(key, { result: "refused", reason: SAME[code] ?? code })
    }
  }

  #hear(key: string, answer: Answer): void {
    const ask = this.#open.get(key)
    if (answer.result !== "progress" && answer.result !== "asking") this.#open.delete(key)
    ask?.heard(answer)
  }
}

/** Asked twice it does what it does once; putting a file where one is now is refused. */
function mayRepeat(op: Op): boolean {
  return op.op === "list" || op.op === "download" || (op.op === "upload" && (op.exists ?? "refuse") === "refuse")
}
