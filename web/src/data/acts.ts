import type { FolderAsk } from "../contract/messages"
import { mark } from "../wire/ids"
import type { Asks } from "./asks"
import type { Answer, Place } from "./foldermodel"
import { Store } from "./store"

/** Something that is done in a folder, on its way or failed. */
export interface Act {
  readonly key: string
  readonly kind: "make" | "rename" | "delete"
  readonly place: Place
  readonly name: string
  /** The new name, of a rename. */
  readonly to: string
  readonly state: "queued" | "sent" | "asking" | "failed"
  readonly reason: string | null
}

export interface Ends {
  /** `name`: what it is called now. */
  done: (act: Act, name: string) => void
  /** Whether it was done is not known, or it was not there. */
  doubt: (place: Place) => void
}

/** New folders, renames and deletes in one customer's folders. */
export class Acts {
  readonly store = new Store<readonly Act[]>([])
  readonly #ask: (op: FolderAsk["op"], heard: (answer: Answer) => void) => string
  readonly #asks: Asks
  readonly #ends: Ends
  /** Marks of what was asked, by act. */
  readonly #marks = new Map<string, string>()

  constructor(asks: Asks, session: string, giver: string, ends: Ends) {
    this.#asks = asks
    this.#ask = (op, heard) => asks.begin(session, giver, op, heard)
    this.#ends = ends
  }

  begin(kind: Act["kind"], place: Place, names: readonly string[], to = ""): void {
    const fresh = names.map((name): Act => ({ key: mark(), kind, place, name, to, state: "queued", reason: null }))
    this.store.set((all) => [...all, ...fresh])
    this.#next()
  }

  /** Give it up; or put it away, when it failed. */
  stop(key: string): void {
    const asked = this.#marks.get(key)
    if (asked) this.#asks.stop(asked)
    else this.#forget(key)
  }

  clear(): void {
    this.#marks.clear()
    this.store.set([])
  }

  /** The customer is asked about deletes, one after the other; nothing else waits for that. */
  #next(): void {
    const busy = this.store
      .get()
      .some((act) => act.kind === "delete" && (act.state === "sent" || act.state === "asking"))
    const queued = this.store.get().filter((act) => act.state === "queued")
    const deletes = queued.filter((act) => act.kind === "delete").slice(0, busy ? 0 : 1)
    for (const act of [...queued.filter((one) => one.kind !== "delete"), ...deletes]) this.#start(act)
  }

  #start(act: Act): void {
    const at = { root: act.place.root, path: [...act.place.path, act.name] }
    const op: FolderAsk["op"] = act.kind === "rename" ? { op: "rename", ...at, name: act.to } : { op: act.kind, ...at }
    this.#patch(act.key, { state: "sent" })
    this.#marks.set(
      act.key,
      this.#ask(op, (answer) => this.#heard(act, answer)),
    )
  }

  #heard(act: Act, answer: Answer): void {
    if (answer.result === "asking") this.#patch(act.key, { state: "asking" })
    if (answer.result !== "done" && answer.result !== "refused") return
    this.#marks.delete(act.key)
    if (answer.result === "done") {
      this.#forget(act.key)
      this.#ends.done(act, answer.name ?? (act.to || act.name))
    } else {
      if (answer.reason === "stopped") this.#forget(act.key)
      else this.#patch(act.key, { state: "failed", reason: answer.reason })
      if (answer.reason === "lost" || answer.reason === "not_found") this.#ends.doubt(act.place)
    }
    this.#next()
  }

  #patch(key: string, part: Partial<Act>): void {
    this.store.set((all) => all.map((act) => (act.key === key ? { ...act, ...part } : act)))
  }

  #forget(key: string): void {
    this.store.set((all) => all.filter((act) => act.key !== key))
  }
}
