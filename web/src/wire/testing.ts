/** What tests need of the other side: a scripted socket, and sessions to look at. */
import type {
  ClientBody,
  ClientFrame,
  Command,
  Grant,
  Line,
  Participant,
  ServerBody,
  ServerFrame,
  SessionInfo,
  SessionSnapshot,
} from "../contract/messages"

/** Stands in for the browser's WebSocket. */
export class FakeSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static all: FakeSocket[] = []
  /** Answer every command at once with success. */
  static obliging = true
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1) as FakeSocket
  }
  static reset(): void {
    FakeSocket.all = []
    FakeSocket.obliging = true
  }

  readyState = 0
  sent: ClientFrame[] = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: (() => void) | null = null

  constructor(readonly url: string | URL) {
    FakeSocket.all.push(this)
  }

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame
    this.sent.push(frame)
    if (frame.type === "command" && FakeSocket.obliging) queueMicrotask(() => this.reply(frame.id))
  }

  close(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.onclose?.()
  }

  // --- the server's side ---

  open(): void {
    this.readyState = 1
    this.onopen?.()
  }

  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  welcome(resume = "resume-token-2222", access = "access-token-2222"): void {
    this.open()
    this.say({ type: "welcome", now: Date.now() / 1000, resume, access, session: "s" })
  }

  event(body: ServerBody, seq = 0): void {
    this.say({ type: "event", session: "s", seq, at: 1, body })
  }

  reply(id: number, code?: "conflict" | "not_allowed"): void {
    this.say({ type: "reply", id, error: code ? { code, message: code } : null })
  }

  get commands(): Command[] {
    return this.sent.filter((frame): frame is Command => frame.type === "command")
  }

  get bodies(): ClientBody[] {
    return this.commands.map((command) => command.body)
  }
}

export function person(id: string, part: Partial<Participant> = {}): Participant {
  const role = id === "me" ? "customer" : "agent"
  return { id, role, name: id === "me" ? "Jeanne" : `Agent ${id}`, user: null, joined_at: 1, left_at: null, ...part }
}

export function grant(capability: Grant["capability"], state: Grant["state"] = "granted", holder = "ag"): Grant {
  return { id: `${capability}-${holder}`, capability, giver: "me", holder, state, asked_at: 1 }
}

export function line(id: string, kind: Line["kind"] = "chat", part: Partial<Line> = {}): Line {
  return { id, at: 1, kind, by: "ag", by_name: "Agent ag", text: "", data: {}, audience: "everyone", ...part }
}

export function info(state: SessionInfo["state"] = "live", part: Partial<SessionInfo> = {}): SessionInfo {
  return {
    id: "s",
    reference: "K7-4821",
    state,
    kind: "inbound",
    company: "Acme",
    site: "shop",
    queue: "q",
    queue_name: "Orders",
    customer_name: "Jeanne",
    question: "",
    page_url: "",
    language: "en",
    created_at: 1,
    waiting_since: 1,
    answered_at: null,
    ended_at: null,
    ended_by: null,
    primary: "ag",
    recording: false,
    recording_policy: "on_demand",
    ...part,
  }
}

export function snapshot(part: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    type: "session.snapshot",
    you: "me",
    seq: 10,
    session: info(),
    participants: [person("me"), person("ag")],
    grants: [],
    files: [],
    lines: [],
    presence: [],
    ...part,
  }
}

/** Let everything run that was only waiting for a promise. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
