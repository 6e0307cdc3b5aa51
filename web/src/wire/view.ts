import type {
  DesktopShared,
  EventFrame,
  FileInfo,
  Grant,
  Invite,
  Line,
  Note,
  PageTabs,
  Participant,
  Presence,
  QueuePosition,
  ServerBody,
  SessionInfo,
  SessionSnapshot,
} from "../contract/messages"

/** What is known of one session: a snapshot and every event since. Never changed in place. */
export interface SessionView {
  readonly you: string
  /** Number of the last durable event that is in. */
  readonly seq: number
  readonly session: SessionInfo
  readonly participants: readonly Participant[]
  readonly grants: readonly Grant[]
  readonly files: readonly FileInfo[]
  readonly lines: readonly Line[]
  readonly presence: readonly Presence[]
  readonly note: Note | null
  readonly invites: readonly Invite[]
  readonly position: QueuePosition | null
  /** Tabs of the customer's with a page of the site; null in a session without one. */
  readonly page: PageTabs | null
  /** What native clients show, of those whom I view, and of me. */
  readonly shares: readonly DesktopShared[]
}

export function fromSnapshot(snapshot: SessionSnapshot): SessionView {
  const { type: _, ...view } = snapshot
  return {
    ...view,
    note: view.note ?? null,
    invites: view.invites ?? [],
    position: view.position ?? null,
    page: view.page ?? null,
    shares: view.shares ?? [],
  }
}

/** The view after an event. The same object when the event is not about it or was seen before. */
export function apply(view: SessionView, event: Pick<EventFrame, "seq" | "body">): SessionView {
  if (event.seq > 0 && event.seq <= view.seq) return view
  const changed = reduce(view, event.body)
  return event.seq > 0 ? { ...changed, seq: event.seq } : changed
}

function reduce(view: SessionView, body: ServerBody): SessionView {
  switch (body.type) {
    case "session.snapshot":
      return fromSnapshot(body)
    case "session.changed":
      return {
        ...view,
        session: body.session,
        position: body.session.state === "waiting" ? view.position : null,
      }
    case "participant.changed":
      return { ...view, participants: upsert(view.participants, body.participant, (p) => p.id) }
    case "grant.changed":
      return { ...view, grants: upsert(view.grants, body.grant, (g) => g.id) }
    case "file.changed":
      return { ...view, files: upsert(view.files, body.file, (f) => f.id) }
    case "line.added":
      return { ...view, lines: upsert(view.lines, body.line, (l) => l.id) }
    case "note.changed":
      return { ...view, note: body.note }
    case "invite.changed":
      return { ...view, invites: upsert(view.invites, body.invite, (i) => i.id) }
    case "presence.changed":
      return { ...view, presence: upsert(view.presence, body.presence, (p) => p.participant) }
    case "queue.position":
      return { ...view, position: body }
    case "page.tabs":
      return { ...view, page: body }
    case "desktop.shared":
      return { ...view, shares: upsert(view.shares, body, (share) => share.giver) }
    default:
      return view
  }
}

function upsert<T>(list: readonly T[], item: T, id: (item: T) => string): readonly T[] {
  const key = id(item)
  const at = list.findIndex((other) => id(other) === key)
  return at < 0 ? [...list, item] : list.with(at, item)
}
