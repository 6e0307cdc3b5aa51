import type { Presence } from "../../contract/messages"
import { isShare, type Received } from "../../rtc/peer"

export type Front = "page" | "screen" | "video" | "folders"

export interface Picture {
  readonly id: string
  readonly participant: string
  readonly label: Exclude<Received["label"], "mic">
  readonly track: MediaStreamTrack
  /** The agent's own. */
  readonly own: boolean
}

export interface Scene {
  readonly front: Front
  readonly large: readonly Picture[]
  readonly tiles: readonly Picture[]
  readonly has: Readonly<Record<Front, boolean>>
}

/** A line may be open and carry nothing: only what presence says flows is a picture. */
export function flowing(received: readonly Received[], presence: readonly Presence[]): readonly Received[] {
  return received.filter((one) =>
    presence.some((known) => known.participant === one.participant && known.streams.includes(one.label)),
  )
}

/**
 * What stands in front and what beside it: the customer's page goes before a screen, that before faces, unless the
 * agent chose; a choice that has nothing to show gives way. `page`, `folders`: they may be seen.
 */
export function scene(
  received: readonly Received[],
  own: MediaStreamTrack | null,
  chosen: Front | null,
  page = false,
  folders = false,
): Scene {
  const theirs = received.flatMap(({ mid, participant, label, track }): Picture[] =>
    label === "mic" ? [] : [{ id: mid, participant, label, track, own: false }],
  )
  // What can be controlled stands before what can only be seen.
  const screens = theirs.filter(isShare).sort((a, b) => Number(a.label === "screen") - Number(b.label === "screen"))
  const cameras = theirs.filter((one) => one.label === "camera")
  const has = { page, screen: screens.length > 0, video: cameras.length > 0, folders }
  const without: Front = has.video ? "video" : folders ? "folders" : "screen"
  const natural: Front = page ? "page" : has.screen ? "screen" : without
  const front = chosen && has[chosen] ? chosen : natural
  const mine: Picture[] = own ? [{ id: "own", participant: "", label: "camera", track: own, own: true }] : []
  const large = front === "page" || front === "folders" ? [] : front === "screen" ? screens.slice(0, 1) : cameras
  const tiles = [...theirs.filter((one) => !large.includes(one)), ...mine]
  return { front, large, tiles, has }
}
