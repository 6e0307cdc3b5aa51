import type { FileInfo, Grant, Line, NativeClient, Participant, Picture } from "../contract/messages"
import type { SessionView } from "./view"

export type Capability = Grant["capability"]

/** What shows something of the customer to somebody. */
export const VIEWING: readonly Capability[] = ["screen_view", "page_view", "desktop_view", "application_view", "see"]
export const CONTROLLING: readonly Capability[] = ["page_control", "desktop_control", "application_control"]
/** What reaches into the folders that the customer chose. */
export const IN_FOLDERS: readonly Capability[] = ["files_read", "files_write"]
/** What only a page with microphone, camera or the browser's picker can carry out. */
export const OF_WINDOW: readonly Capability[] = ["hear", "see", "screen_view"]

/** What is asked and shown on the company's page alone. */
export const OF_PAGE: readonly Capability[] = ["page_view", "page_control"]

/** What needs the native client, and what of the client's skills it takes. */
export const OF_NATIVE: Partial<Record<Capability, readonly NativeClient["can"][number][]>> = {
  desktop_view: ["desktop"],
  desktop_control: ["desktop", "control"],
  application_view: ["application"],
  application_control: ["application", "control"],
  clipboard_in: ["clipboard"],
  clipboard_out: ["clipboard"],
  files_read: ["folders"],
  files_write: ["folders"],
}
/** What is asked and answered elsewhere than on the company's page. */
export const isOfWindow = (capability: Capability): boolean => OF_WINDOW.includes(capability) || capability in OF_NATIVE

/** The native client that somebody has connected, and what it can. */
export function nativeOf(view: SessionView, participant: string): NativeClient | null {
  return view.presence.find((p) => p.participant === participant)?.native ?? null
}

export interface Shown {
  giver: string
  picture: Picture
}

/** What this person shows by their native client now. */
export function shownBy(view: SessionView, giver: string): Shown | null {
  const picture = view.shares.find((share) => share.giver === giver)?.picture
  return picture ? { giver, picture } : null
}

/** A right that I hold on what somebody shows now: to control it, or of the clipboard there. */
export function held(view: SessionView, giver: string, capability: Capability): Grant | null {
  const mine = (g: Grant) => g.giver === giver && g.holder === view.you && g.capability === capability
  return view.grants.find((g) => mine(g) && g.state === "granted") ?? null
}

/** Control of what this person shows now. */
export function controlOf(view: SessionView, { giver, picture }: Shown): Grant | null {
  return held(view, giver, picture.kind === "desktop" ? "desktop_control" : "application_control")
}

export function isIn(participant: Participant): boolean {
  return participant.joined_at !== null && (participant.left_at ?? null) === null
}

export function staff(view: SessionView): Participant[] {
  return view.participants.filter((p) => p.role !== "customer" && isIn(p))
}

/** The agent in charge, or whoever is there. */
export function agent(view: SessionView): Participant | null {
  const present = staff(view)
  return present.find((p) => p.id === view.session.primary) ?? present[0] ?? null
}

export function person(view: SessionView, id: string | null): Participant | null {
  return view.participants.find((p) => p.id === id) ?? null
}

/** Grants of this kind that I have given and that hold now. */
export function given(view: SessionView, capability: Capability): Grant[] {
  return view.grants.filter((g) => g.giver === view.you && g.capability === capability && g.state === "granted")
}

/** True when everybody of staff who is in has it. */
export function givenToAll(view: SessionView, capability: Capability): boolean {
  const present = staff(view)
  const holders = new Set(given(view, capability).map((g) => g.holder))
  return present.length > 0 && present.every((p) => holders.has(p.id))
}

/** Questions that wait for my answer, the oldest first. */
export function questions(view: SessionView): Grant[] {
  return view.grants.filter((g) => g.giver === view.you && g.state === "asked").sort((a, b) => a.asked_at - b.asked_at)
}

export interface Viewer {
  participant: Participant
  /** What the person may see, control or reach. */
  capabilities: Capability[]
  hears: boolean
}

/** Everybody who may see or control something of mine, or is in my folders, each named. */
export function viewers(view: SessionView): Viewer[] {
  return staff(view)
    .map((participant) => {
      const held = view.grants.filter(
        (g) => g.giver === view.you && g.holder === participant.id && g.state === "granted",
      )
      const order = [...CONTROLLING, ...VIEWING, ...IN_FOLDERS]
      return {
        participant,
        capabilities: order.filter((c) => held.some((g) => g.capability === c)),
        hears: held.some((g) => g.capability === "hear"),
      }
    })
    .filter((viewer) => viewer.capabilities.length > 0)
}

/** The agent's microphone and camera are with another customer. */
export function onHold(view: SessionView): Participant | null {
  const held = staff(view).filter((p) => view.presence.find((q) => q.participant === p.id)?.on_hold)
  return held.length > 0 && held.length === staff(view).length ? (held[0] ?? null) : null
}

/** The session window of this person has its line: what is asked of it is answered there. */
export function hasWindow(view: SessionView): boolean {
  const media = view.presence.find((p) => p.participant === view.you)?.media
  return media === "connected" || media === "connecting"
}

/** An agent whose connection is gone for the moment. */
export function away(view: SessionView): Participant | null {
  const main = agent(view)
  return main && view.presence.find((p) => p.participant === main.id)?.online === false ? main : null
}

/** Back in the queue: the name of the agent whose connection was lost or who left; null when nobody was there yet. */
export function cutOff(view: SessionView): string | null {
  const known = new Set(view.participants.filter((p) => p.role !== "customer" && !isIn(p)).map((p) => p.id))
  const last = view.lines.findLast((line) => (line.kind === "lost" || line.kind === "left") && known.has(line.by ?? ""))
  return last?.by_name ?? null
}

/** Being transferred: to whom or what; null once somebody took it on, or when the wait has another reason. */
export function passedOn(view: SessionView): string | null {
  const last = view.lines.findLast((line) => ["transferred", "joined", "lost"].includes(line.kind))
  return last?.kind === "transferred" ? (last.data?.to ?? "") : null
}

/** What the last change took away: capabilities of mine that nobody holds any more. */
export function lost(before: SessionView | null, after: SessionView): Capability[] {
  if (!before) return []
  const had = new Set(
    before.grants.filter((g) => g.giver === before.you && g.state === "granted").map((g) => g.capability),
  )
  return [...had].filter((capability) => given(after, capability).length === 0)
}

/** Files that somebody shared; others carry bytes from or to folders alone. */
export function shared(view: SessionView): FileInfo[] {
  return view.files.filter((file) => !file.folder_of)
}

/** Lines that a customer reads, the newest last. Files have a card of their own. */
export function readable(view: SessionView): Line[] {
  return view.lines.filter((line) => line.audience !== "staff" && line.kind !== "file")
}

export interface Told {
  /** Seconds from the first answer to the end; null when nobody answered. */
  talked: number | null
  with: string[]
  shared: Capability[]
  recorded: boolean
  files: number
}

/** What happened, for the three lines at the end. */
export function story(view: SessionView): Told {
  const { answered_at: from, ended_at: to } = view.session
  const given = (
    ["hear", "see", "screen_view", "page_view", "desktop_view", "application_view"] as Capability[]
  ).filter((capability) =>
    view.grants.some((g) => g.giver === view.you && g.capability === capability && wasGranted(g)),
  )
  return {
    talked: from && to ? to - from : null,
    with: view.participants.filter((p) => p.role !== "customer" && p.joined_at !== null).map((p) => p.name),
    shared: given,
    recorded: view.session.recording || view.lines.some((line) => line.kind === "recording_on"),
    files: shared(view).filter((file) => file.state === "ready").length,
  }
}

function wasGranted(grant: Grant): boolean {
  return grant.state === "granted" || grant.state === "withdrawn" || grant.state === "ended"
}
