import type { ClientBody, FolderEntry, FolderList, ServerBody } from "../contract/messages"
import { held, nativeOf } from "../wire/derive"
import type { SessionView } from "../wire/view"
import { type Act, Acts } from "./acts"
import { Asks } from "./asks"
import { Fetching, save } from "./fetching"
import * as files from "./files"
import { type Answer, above, keyIn, keyOf, merged, type Place, type Sorting, samePlace } from "./foldermodel"
import { request } from "./http"
import * as model from "./session"
import { Store } from "./store"
import { Transfers } from "./transfers"

/** unasked: nobody has looked yet. more: a further page is on its way. */
export type ListingState = "unasked" | "loading" | "more" | "ready" | "refused"

export interface FoldersNow {
  /** null: the list of roots. */
  readonly place: Place | null
  readonly state: ListingState
  readonly entries: readonly FolderEntry[]
  readonly next: string | null
  /** Why it could not be listed, or its next page not. */
  readonly reason: string | null
  readonly filter: string
  readonly sorting: Sorting
  /** Where the keyboard is, and what is chosen, by their keys. */
  readonly active: string | null
  readonly chosen: ReadonlySet<string>
}

const NOTHING = { entries: [], next: null, reason: null, filter: "", active: null, chosen: new Set<string>() } as const
const START: FoldersNow = {
  ...NOTHING,
  place: null,
  state: "unasked",
  sorting: { by: "name", down: false },
}
/** Refusals that are over once the client is back. */
const PASSING: ReadonlySet<string> = new Set(["no_client", "unanswered", "offline"])

/** The folders of one customer, as the person at this console looks at them. */
export class LiveFolders {
  readonly store = new Store<FoldersNow>(START)
  readonly session: string
  readonly giver: string
  readonly acts: Acts
  readonly #asks: Asks
  /** The list that is waited for; others are of places that were left. */
  #list: string | null = null
  #here = false
  #grants = ""

  constructor(session: string, giver: string, asks: Asks) {
    this.session = session
    this.giver = giver
    this.#asks = asks
    this.acts = new Acts(asks, session, giver, {
      done: (act, name) => this.#done(act, name),
      doubt: (place) => {
        if (samePlace(place, this.store.get().place)) this.reload()
      },
    })
  }

  /** Open a folder; `active`: the key of the entry where the keyboard goes. */
  go(place: Place | null, active: string | null = null): void {
    this.store.patch({ ...NOTHING, place, active, state: "loading" })
    this.#ask(null)
  }

  up(): void {
    const { place } = this.store.get()
    if (place) this.go(above(place), keyIn(place))
  }

  /** Read it again; what is shown stays until that is there. */
  reload(): void {
    this.store.patch({ state: "loading", reason: null })
    this.#ask(null)
  }

  /** The next page, if there is one and nothing is on its way. `all`: and those after it. */
  more(all = false): void {
    const { state, next } = this.store.get()
    if (state !== "ready" || next === null) return
    this.store.patch({ state: "more", reason: null })
    this.#ask(next, all)
  }

  #ask(after: string | null, all = false): void {
    const { place } = this.store.get()
    const op: FolderList & { op: "list" } = {
      op: "list",
      root: place?.root ?? null,
      path: [...(place?.path ?? [])],
      after,
    }
    let mine = ""
    const heard = (answer: Answer) => {
      if (this.#list === mine) this.#listed(answer, all)
    }
    mine = this.#asks.begin(this.session, this.giver, op, heard)
    this.#list = mine
  }

  #listed(answer: Answer, all: boolean): void {
    const { entries, state, chosen } = this.store.get()
    if (answer.result === "entries") {
      const next = answer.next ?? null
      const now = merged(state === "more" ? entries : [], answer.entries)
      const keys = new Set(now.map(keyOf))
      const left = new Set([...chosen].filter((key) => keys.has(key)))
      this.store.patch({ entries: now, next, chosen: left, state: "ready", reason: null })
      if (all) this.more(true)
    } else if (answer.result === "refused") {
      // A page that did not come leaves those that are there.
      if (state === "more") this.store.patch({ state: "ready", reason: answer.reason })
      else this.store.patch({ ...NOTHING, state: "refused", reason: answer.reason })
    }
  }

  #done(act: Act, name: string): void {
    if (!samePlace(act.place, this.store.get().place)) return
    const old = this.store.get().entries.find((one) => one.name === act.name)
    if (act.kind !== "make") this.#take(act.name)
    if (act.kind === "make") this.#put([{ name, kind: "folder" }], name)
    if (act.kind === "rename" && old) this.#put([{ ...old, name }], name)
  }

  /** It stands in the folder now; shown where that is open. */
  arrived(place: Place, entry: FolderEntry): void {
    if (samePlace(place, this.store.get().place)) this.#put([entry], null)
  }

  #put(fresh: readonly FolderEntry[], active: string | null): void {
    this.store.set((old) => ({ ...old, entries: merged(old.entries, fresh), active: active ?? old.active }))
  }

  #take(name: string): void {
    this.store.set((old) => ({
      ...old,
      entries: old.entries.filter((one) => keyOf(one) !== name),
      chosen: new Set([...old.chosen].filter((key) => key !== name)),
    }))
  }

  /** What may be seen has changed, perhaps: with the last grant nothing of it stays. */
  settle(grants: readonly string[], here: boolean): void {
    const { state, reason, place } = this.store.get()
    const [before, back] = [this.#grants, here && !this.#here]
    this.#grants = grants.join(" ")
    this.#here = here
    if (grants.length === 0) {
      this.#list = null
      this.acts.clear()
      if (state !== "unasked") this.store.set(START)
    } else if (state === "refused" && back && PASSING.has(reason ?? "")) this.reload()
    // With another grant other roots may have been chosen.
    else if (state !== "unasked" && place === null && before && before !== this.#grants) this.reload()
  }
}

/** Customers' folders in all sessions, and what is on its way from and to them. */
export class Folders {
  readonly #asks: Asks
  readonly transfers: Transfers
  #folders = new Map<string, Map<string, LiveFolders>>()

  constructor(send: (body: ClientBody, session: string) => Promise<void>) {
    this.#asks = new Asks(send)
    this.transfers = new Transfers({
      asks: this.#asks,
      sender: files.sender,
      begin: files.begin,
      fetching: (file, told) => new Fetching(file, told),
      save,
      // What is not put away now goes with the consent.
      discard: (file) => void request("DELETE", `/files/${encodeURIComponent(file)}`).catch(() => {}),
      arrived: ({ session, giver, place, name, size }) =>
        this.of(session, giver).arrived(place, { name, kind: "file", size, changed: Date.now() / 1000 }),
    })
  }

  of(session: string, giver: string): LiveFolders {
    const all = this.#folders.get(session) ?? new Map<string, LiveFolders>()
    this.#folders.set(session, all)
    const one = all.get(giver) ?? new LiveFolders(session, giver, this.#asks)
    all.set(giver, one)
    return one
  }

  receive(session: string, body: ServerBody): void {
    if (body.type === "folder.answered") this.#asks.receive(session, body)
  }

  settle(session: string, view: SessionView): void {
    const giver = model.customerIn(view)?.id
    if (giver === undefined) return
    const read = model.isOver(view) ? null : held(view, giver, "files_read")
    const write = model.isOver(view) ? null : held(view, giver, "files_write")
    const here = nativeOf(view, giver) !== null
    const grants = [read, write].flatMap((grant) => grant?.id ?? [])
    this.#folders.get(session)?.get(giver)?.settle(grants, here)
    this.transfers.settle(session, { here, download: read !== null, upload: write !== null })
  }

  linked(): void {
    this.#asks.linked()
  }

  drop(session: string): void {
    this.#folders.delete(session)
    this.transfers.drop(session)
    this.#asks.drop(session)
  }
}

// --- what stands in the session ---

export interface MayFolders {
  readonly giver: string
  readonly read: boolean
  readonly write: boolean
  readonly here: boolean
}

/** What of the customer's folders may be used now; null when nothing may. */
export function mayUse(view: SessionView): MayFolders | null {
  const giver = model.customerIn(view)?.id
  if (giver === undefined || model.isOver(view)) return null
  const read = held(view, giver, "files_read") !== null
  const write = held(view, giver, "files_write") !== null
  return read || write ? { giver, read, write, here: nativeOf(view, giver) !== null } : null
}
