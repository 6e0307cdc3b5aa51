import type { Upload } from "tus-js-client"
import type { FolderEntry } from "../contract/messages"
import { Refused } from "../wire/control"
import { mark } from "../wire/ids"
import type { Asks } from "./asks"
import type { Fetching } from "./fetching"
import type * as files from "./files"
import type { Answer, Place } from "./foldermodel"
import { harmless } from "./names"
import { Store } from "./store"
import { type Exists, follow, isOver, isRunning, knows, type Transfer, type TransferEvent } from "./transfer"

/** As many of one session are on their way at once. */
const AT_ONCE = 2

/** What a session lets transfers do now. */
export interface Leave {
  /** The client there is connected. */
  readonly here: boolean
  readonly download: boolean
  readonly upload: boolean
}

export interface Means {
  asks: Asks
  sender: typeof files.sender
  begin: typeof files.begin
  fetching: (file: string, told: (got: number, size: number) => void) => Pick<Fetching, "run" | "stop">
  save: (bytes: Blob, name: string) => void
  /** The session's file has served. */
  discard: (file: string) => void
  /** It stands in the customer's folder now. */
  arrived: (transfer: Transfer) => void
}

interface Work {
  source?: File
  upload?: Upload
  fetching?: Pick<Fetching, "run" | "stop">
  /** Mark of what the client was asked. */
  ask?: string
  /** The client was away since it was asked. */
  shaken?: boolean
}

const NO_LEAVE: Leave = { here: false, download: false, upload: false }

/** Files on their way from and to customers' folders, of all sessions. */
export class Transfers {
  readonly store = new Store<readonly Transfer[]>([])
  readonly #means: Means
  readonly #work = new Map<string, Work>()
  readonly #leave = new Map<string, Leave>()
  /** What holds for the rest of those that were begun together. */
  readonly #choices = new Map<string, Exclude<Exists, "refuse"> | "skip">()

  constructor(means: Means) {
    this.#means = means
  }

  download(session: string, giver: string, place: Place, entries: readonly FolderEntry[]): void {
    const batch = mark()
    const fresh = entries.map((entry) =>
      made({ session, giver, kind: "download", place, name: entry.name, size: entry.size ?? null, batch }),
    )
    this.#add(fresh)
  }

  /** `taken`: names that are in the folder already; what has one of them is asked about before it is sent. Returns the
   * batch. */
  upload(session: string, giver: string, place: Place, list: Iterable<File>, taken: ReadonlySet<string>): string {
    const batch = mark()
    const fresh = [...list].map((source) => {
      const one = made({ session, giver, kind: "upload", place, name: source.name, size: source.size, batch })
      this.#work.set(one.key, { source })
      return one
    })
    this.#add(fresh.map((one) => (taken.has(one.name) ? { ...one, state: follow(one.state, "clash") } : one)))
    return batch
  }

  pause(key: string): void {
    this.#halt(key)
    this.#step(key, "pause")
  }

  /** Go on after a pause, a failure or a stop, with what has arrived. */
  again(key: string): void {
    this.#step(key, "queue", { reason: null })
  }

  stop(key: string): void {
    const one = this.#get(key)
    const work = this.#work.get(key)
    if (!one || isOver(one)) return
    if (work?.ask && (one.state === "asked" || one.state === "moving")) {
      this.#patch(key, { reason: "stopping" })
      this.#means.asks.stop(work.ask)
      return
    }
    this.#abandon(key)
    this.#step(key, "stop", { moved: 0, reason: null })
  }

  /** Take those that are over off the list; `key`: this one alone. */
  clear(key?: string): void {
    this.store.set((all) => all.filter((one) => !isOver(one) || (key !== undefined && one.key !== key)))
    for (const known of [...this.#work.keys()]) if (!this.#get(known)) this.#work.delete(known)
  }

  /** What becomes of a file of that name there; `all`: of the others begun with it too. */
  resolve(key: string, choice: Exclude<Exists, "refuse"> | "skip", all: boolean): void {
    const one = this.#get(key)
    if (!one) return
    if (all) this.#choices.set(one.batch, choice)
    const same = all ? this.store.get().filter((other) => other.batch === one.batch) : [one]
    for (const each of same) if (each.state === "conflict") this.#choose(each.key, choice)
  }

  /** What may be done in the session has changed, perhaps. */
  settle(session: string, leave: Leave): void {
    const before = this.#leave.get(session) ?? NO_LEAVE
    this.#leave.set(session, leave)
    for (const one of this.store.get().filter((each) => each.session === session && !isOver(each))) {
      const asked = one.state === "asked" || one.state === "moving"
      // What the client was asked is answered by the server.
      if (!leave[one.kind] && !asked) this.#fail(one.key, "no_consent")
      else if (leave.here && one.state === "waiting") this.#step(one.key, "queue", { reason: null })
      else if (asked && before.here && !leave.here) this.#of(one.key).shaken = true
    }
    this.#pump(session)
  }

  drop(session: string): void {
    for (const one of this.store.get()) if (one.session === session) this.#abandon(one.key)
    this.store.set((all) => all.filter((one) => one.session !== session))
    this.#leave.delete(session)
  }

  // --- one after the other ---

  #add(fresh: readonly Transfer[]): void {
    this.store.set((all) => [...all, ...fresh])
    if (fresh[0]) this.#pump(fresh[0].session)
  }

  #pump(session: string): void {
    for (;;) {
      const all = this.store.get().filter((one) => one.session === session)
      const next = all.find((one) => one.state === "queued")
      if (!next || all.filter(isRunning).length >= AT_ONCE) return
      this.#start(next)
    }
  }

  #start(one: Transfer): void {
    if (one.kind === "upload" && !one.file) this.#send(one)
    else if (one.kind === "download" && one.file) this.#save(one, one.file)
    else if (!this.#leave.get(one.session)?.here) this.#step(one.key, "wait", { reason: "no_client" })
    else this.#ask(one)
  }

  #send(one: Transfer): void {
    const work = this.#of(one.key)
    this.#step(one.key, "send")
    if (work.upload) work.upload.start()
    else if (work.source) this.#begin(one, work, work.source)
  }

  #begin(one: Transfer, work: Work, source: File): void {
    let file: string | null = null
    const upload = this.#means.sender(
      one.session,
      source,
      {
        onFile: (id) => {
          file = id
        },
        onProgress: (moved) => this.#patch(one.key, { moved }),
        onError: (error) => this.#fail(one.key, error.code),
        onSuccess: () => {
          work.upload = undefined
          this.#step(one.key, "queue", { file, moved: 0 })
        },
      },
      one.giver,
    )
    work.upload = upload
    void this.#means.begin(upload, source, () => this.#get(one.key)?.state === "sending")
  }

  #ask(one: Transfer): void {
    const { session, giver, place, name, file, exists } = one
    const path = [...place.path, name]
    const op =
      one.kind === "download"
        ? ({ op: "download", root: place.root, path } as const)
        : ({ op: "upload", root: place.root, path, file: file ?? "", exists } as const)
    this.#step(one.key, "ask", { moved: 0, reason: null })
    const work = this.#of(one.key)
    work.shaken = false
    work.ask = this.#means.asks.begin(session, giver, op, (answer) => this.#heard(one.key, answer))
  }

  #heard(key: string, answer: Answer): void {
    const one = this.#get(key)
    if (!one) return
    if (answer.result === "progress") {
      this.#step(key, "move", { moved: answer.done, size: answer.total, reason: null })
    } else if (answer.result === "asking") this.#step(key, "move", { reason: "asking" })
    else if (answer.result === "done") this.#finish(one, answer.file ?? one.file, answer.name)
    else if (answer.result === "refused") this.#refused(one, answer.reason)
  }

  #finish(one: Transfer, file: string | null, given: string | null | undefined): void {
    if (one.kind === "download" && file) {
      // Under the name that was asked for: the client gives none to what lands here.
      this.#save(one, file)
      return
    }
    const name = given ?? one.name
    this.#step(one.key, "finish", { name, moved: one.size ?? 0, reason: null })
    this.#work.delete(one.key)
    this.#means.arrived({ ...one, name })
  }

  #save(one: Transfer, file: string): void {
    const { key, name } = one
    const work = this.#of(key)
    this.#step(key, "save", { file, name, moved: 0, reason: null })
    work.fetching ??= this.#means.fetching(file, (moved, size) => this.#patch(key, { moved, size }))
    void work.fetching.run().then(
      (bytes) => {
        if (!bytes || this.#get(key)?.state !== "saving") return
        this.#means.save(bytes, harmless(name))
        this.#means.discard(file)
        this.#work.delete(key)
        this.#step(key, "finish", { file: null })
      },
      // Gone with the consent that it rested on: another attempt begins with the client.
      (cause: unknown) => {
        const code = cause instanceof Refused ? cause.code : "server_error"
        this.#fail(key, code === "not_found" ? "gone" : code, code === "not_found")
      },
    )
  }

  #refused(one: Transfer, reason: string): void {
    const choice = this.#choices.get(one.batch)
    if (reason === "stopped") this.#step(one.key, "stop", { moved: 0, reason: null })
    else if (reason === "exists" && one.kind === "upload" && one.exists === "refuse") {
      this.#step(one.key, "clash", { reason: null })
      if (choice) this.#choose(one.key, choice)
    } else if (reason === "no_client" || reason === "offline") this.#step(one.key, "wait", { reason: "no_client" })
    else if (reason === "unanswered" && this.#of(one.key).shaken) this.#step(one.key, "queue", { reason: null })
    // What carries it may be what is not there any more: another attempt sends it anew.
    else this.#fail(one.key, reason, one.kind === "upload" && reason === "not_found")
  }

  #choose(key: string, choice: Exclude<Exists, "refuse"> | "skip"): void {
    if (choice === "skip") {
      this.#abandon(key)
      this.#step(key, "stop")
    } else this.#step(key, "queue", { exists: choice })
  }

  /** What is on its way between here and the server stays where it is. */
  #halt(key: string): void {
    void this.#work.get(key)?.upload?.abort(false)
    this.#work.get(key)?.fetching?.stop()
  }

  #fail(key: string, reason: string, lost = false): void {
    this.#halt(key)
    if (lost) this.#of(key).fetching = undefined
    this.#step(key, "fail", lost ? { reason, file: null, moved: 0 } : { reason })
  }

  /** What arrived of it is not wanted. */
  #abandon(key: string): void {
    const work = this.#work.get(key)
    if (work?.ask) this.#means.asks.stop(work.ask)
    void work?.upload?.abort(work.upload.url !== null).catch(() => {})
    work?.fetching?.stop()
    const file = this.#get(key)?.file
    if (file) this.#means.discard(file)
    this.#patch(key, { file: null })
    if (work) this.#work.set(key, { source: work.source })
  }

  #step(key: string, event: TransferEvent, part: Partial<Transfer> = {}): void {
    const one = this.#get(key)
    // Two may say the same at once: the agent, the client, the end of the grant. The first has it.
    if (!one || !knows(one.state, event)) return
    const next = { ...one, ...part, state: follow(one.state, event) }
    this.#patch(key, next)
    // What runs took its lane; all else may have left one.
    if (!isRunning(next)) this.#pump(one.session)
  }

  #patch(key: string, part: Partial<Transfer>): void {
    this.store.set((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)))
  }

  #get(key: string): Transfer | undefined {
    return this.store.get().find((one) => one.key === key)
  }

  #of(key: string): Work {
    const work = this.#work.get(key) ?? {}
    this.#work.set(key, work)
    return work
  }
}

function made(part: Pick<Transfer, "session" | "giver" | "kind" | "place" | "name" | "size" | "batch">): Transfer {
  return { ...part, key: mark(), moved: 0, state: "queued", file: null, exists: "refuse", reason: null }
}
