import type { Presence } from "../../contract/messages"
import type { Received } from "../../rtc/peer"

export type Front = "screen" | "video"

export interface Picture {
  readonly id: string
  readonly participant: string
  readonly label: "camera" | "screen"
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
 * What stands in front and what beside it: a screen goes before faces, unless the agent chose; a choice that has
 * nothing to show gives way.
 */
export function scene(received: readonly Received[], own: MediaStreamTrack | null, chosen: Front | null): Scene {
  const theirs = received.flatMap(({ mid, participant, label, track }): Picture[] =>
    label === "mic" ? [] : [{ id: mid, participant, label, track, own: false }],
  )
  const screens = theirs.filter((one) => one.label === "screen")
  const cameras = theirs.filter((one) => one.label === "camera")
  const has = { screen: screens.length > 0, video: cameras.length > 0 }
  const natural: Front = has.screen || !has.video ? "screen" : "video"
  const front = chosen && has[chosen] ? chosen : natural
  const mine: Picture[] = own ? [{ id: "own", participant: "", label: "camera", track: own, own: true }] : []
  const large = front === "screen" ? screens.slice(0, 1) : cameras
  const tiles = [...theirs.filter((one) => !large.includes(one)), ...mine]
  return { front, large, tiles, has }
}
