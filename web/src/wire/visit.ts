import type { ClientBody, ErrorInfo, FileInfo, Grant, Line, ServerBody, WindowLink } from "../contract/messages"
import { Control, type LinkState, Refused } from "./control"
import { type Capability, lost, questions, viewers } from "./derive"
import type { Api } from "./http"
import { mark } from "./ids"
import { Report } from "./report"
import type { TokenStore } from "./tokens"
import { download, Upload, type UploadState } from "./upload"
import { apply, fromSnapshot, type SessionView } from "./view"

/** A message that the server has not confirmed. */
export interface Draft {
  key: string
  text: string
  at: number
  state: "sending" | "failed"
  code?: string
}

export interface VisitOptions {
  api: Api
  /** Has a value: the ticket of this endpoint. */
  store: TokenStore
  /** Something that is shown has changed. */
  changed: () => void
  /** Every message, before the view has it; for media. */
  message?: (body: ServerBody) => void
  /** The view went from one state to the next. */
  moved?: (before: SessionView | null, after: SessionView) => void
  /** Capabilities of mine that nobody holds any more: what carries them must stop. */
  lost?: (capabilities: Capability[]) => void
}

const TYPING_MS = 5000
const TELL_TYPING_MS = 3000

/** A customer's endpoint in one session: socket, view, unsent messages, files. */
export class Visit {
  view: SessionView | null = null
  link: LinkState = { kind: "connecting" }
  drafts: Draft[] = []
  uploads: UploadState[] = []
  /** Bytes that have arrived of files that others send. */
  progress = new Map<string, number>()
  /** Stop was pressed: on its way to the server, or carried out and nothing shown since. */
  stopping: "no" | "sent" | "done" = "no"
  readonly report: Report
  #options: VisitOptions
  #control: Control
  #uploads = new Map<string, Upload>()
  #typing = new Map<string, ReturnType<typeof setTimeout>>()
  #toldTyping = 0
  #answering = new Set<string>()

  constructor(options: VisitOptions) {
    this.#options = options
    options.api.access = options.store.value?.access ?? null
    this.drafts = (options.store.value?.unsent ?? []).map((draft) => ({ ...draft, state: "sending" }))
    const report = (reason: string) => this.send({ type: "session.report", reason: reason.trim() })
    this.report = new Report(options.store, report, options.changed)
    this.#control = new Control({
      url: `${options.api.base}/api/v1/socket`,
      hello: () => ({
        token: options.store.value?.resume ?? null,
        since: this.view ? { [this.view.session.id]: this.view.seq } : {},
      }),
      onWelcome: (welcome) => {
        options.store.change({
          ...(welcome.resume ? { resume: welcome.resume } : {}),
          ...(welcome.access ? { access: welcome.access } : {}),
        })
        if (welcome.access) options.api.access = welcome.access
      },
      onEvent: (event) => this.#receive(event.seq, event.body),
      onState: (state) => {
        this.link = state
        if (state.kind === "open") {
          if (this.stopping === "sent") this.stopAll()
          if (this.report.state === "sending") void this.report.tell()
          this.#resend()
        }
        options.changed()
      },
    })
  }

  get session(): string {
    return this.#options.store.value?.session ?? ""
  }

  /** Server time in seconds, for running timers. */
  now(): number {
    return Date.now() / 1000 + this.#control.clockOffset
  }

  /** Last measured time of a question and its answer, in ms. */
  get roundTrip(): number | null {
    return this.#control.roundTrip
  }

  send(body: ClientBody): Promise<void> {
    return this.#control.send(body, this.session)
  }

  close(): void {
    this.#control.close()
    for (const timer of this.#typing.values()) clearTimeout(timer)
  }

  /** Every view and control ends. Goes out again with the next connection when there is none now. */
  stopAll(): void {
    this.stopping = "sent"
    this.#options.changed()
    this.send({ type: "stop" }).then(
      () => {
        this.stopping = "done"
        this.#options.changed()
      },
      (error: Refused) => {
        if (error.code === "offline") return
        this.stopping = "no"
        this.#options.changed()
      },
    )
  }

  // --- questions ---

  /** What waits for an answer; a question leaves the screen with the click that answers it. */
  get questions(): Grant[] {
    return this.view ? questions(this.view).filter((grant) => !this.#answering.has(grant.id)) : []
  }

  /** Rejects with `Refused`; then the question is open again, unless it was closed meanwhile. */
  async answer(grant: string, allow: boolean): Promise<void> {
    this.#answering.add(grant)
    this.#options.changed()
    try {
      await this.send({ type: "grant.answer", grant, allow })
    } catch (error) {
      this.#answering.delete(grant)
      this.#options.changed()
      throw error
    }
  }

  // --- chat ---

  say(text: string): void {
    const draft: Draft = { key: mark(), text, at: this.now(), state: "sending" }
    this.#keep([...this.drafts, draft])
    this.#toldTyping = 0
    void this.#post(draft)
    this.#options.changed()
  }

  /** Send again what was refused. */
  retry(key: string): void {
    const draft = this.drafts.find((d) => d.key === key)
    if (draft) void this.#post(draft)
  }

  /** Keeps what is being written, and tells the others that something is. */
  typed(text: string): void {
    this.#options.store.change({ typed: text })
    if (text === "" || Date.now() - this.#toldTyping < TELL_TYPING_MS) return
    this.#toldTyping = Date.now()
    this.send({ type: "chat.typing" }).catch(() => {})
  }

  /** Participants who are writing now. */
  get writing(): string[] {
    return [...this.#typing.keys()]
  }

  async #post(draft: Draft): Promise<void> {
    this.#draft(draft.key, { state: "sending" })
    try {
      await this.send({ type: "chat.post", key: draft.key, text: draft.text })
      this.#keep(this.drafts.filter((d) => d.key !== draft.key))
    } catch (error) {
      // Offline: it stays and goes out with the next connection; the key makes it one line.
      if (error instanceof Refused && error.code !== "offline")
        this.#draft(draft.key, { state: "failed", code: error.code })
    }
    this.#options.changed()
  }

  #draft(key: string, part: Partial<Draft>): void {
    this.#keep(this.drafts.map((d) => (d.key === key ? { ...d, ...part } : d)))
  }

  /** A reload, or the next page of the site, goes on with them. */
  #keep(drafts: Draft[]): void {
    this.drafts = drafts
    this.#options.store.change({ unsent: drafts.map(({ key, text, at }) => ({ key, text, at })) })
  }

  /** A line's id ends in its sender's own mark: the draft gives way to it in one step. */
  #arrived(lines: readonly Line[]): void {
    const left = this.drafts.filter((draft) => !lines.some((line) => line.id.endsWith(draft.key)))
    if (left.length < this.drafts.length) this.#keep(left)
  }

  #resend(): void {
    for (const draft of this.drafts) if (draft.state === "sending") void this.#post(draft)
  }

  // --- files ---

  sendFile(file: File): void {
    const upload = new Upload(this.#options.api, this.session, file, (state) => {
      this.uploads = this.uploads.map((u) => (u.key === state.key ? state : u))
      if (state.state === "done" || state.state === "cancelled") {
        this.uploads = this.uploads.filter((u) => u.key !== state.key)
        this.#uploads.delete(state.key)
      }
      this.#options.changed()
    })
    this.#uploads.set(upload.state.key, upload)
    this.uploads = [...this.uploads, upload.state]
    void upload.run()
    this.#options.changed()
  }

  cancelUpload(key: string): void {
    void this.#uploads.get(key)?.cancel()
    this.uploads = this.uploads.filter((u) => u.key !== key)
    this.#uploads.delete(key)
    this.#options.changed()
  }

  download(file: FileInfo): Promise<void> {
    return download(this.#options.api, file)
  }

  /** A new one-time link to a session window of the same person. */
  async windowLink(): Promise<string> {
    return (await this.#options.api.post<WindowLink>("/session/link")).path
  }

  get refusal(): ErrorInfo | null {
    return this.link.kind === "closed" ? this.link.error : null
  }

  // --- what comes ---

  #receive(seq: number, body: ServerBody): void {
    this.#options.message?.(body)
    const before = this.view
    if (body.type === "session.snapshot") this.view = fromSnapshot(body)
    else if (before) this.view = apply(before, { seq, body })
    if (body.type === "typing") this.#wrote(body.participant)
    if (body.type === "file.progress") this.progress.set(body.file, body.received)
    if (body.type === "line.added" && body.line.kind === "chat") {
      this.#silent(body.line.by)
      this.#arrived([body.line])
    }
    if (body.type === "session.snapshot") this.#arrived(body.lines)
    const after = this.view
    if (after && after !== before) {
      if (this.stopping === "done" && before && viewers(after).length > viewers(before).length) this.stopping = "no"
      const gone = lost(before, after)
      if (gone.length > 0) this.#options.lost?.(gone)
      this.#options.moved?.(before, after)
    }
    this.#options.changed()
  }

  #wrote(participant: string): void {
    if (participant === this.view?.you) return
    clearTimeout(this.#typing.get(participant))
    this.#typing.set(
      participant,
      setTimeout(() => this.#silent(participant), TYPING_MS),
    )
  }

  #silent(participant: string | null): void {
    if (participant === null || !this.#typing.has(participant)) return
    clearTimeout(this.#typing.get(participant))
    this.#typing.delete(participant)
    this.#options.changed()
  }
}
