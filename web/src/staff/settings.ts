import { remember, remembered } from "../data/memory"
import { Store } from "../data/store"

/** How one person likes the console, in this browser. */
export interface Settings {
  readonly offerSound: boolean
  readonly messageSound: boolean
  readonly leftSound: boolean
  /** The microphone opens by itself in a session that I accept. */
  readonly micOnAccept: boolean
  /** Tools answer to single letters. */
  readonly letterKeys: boolean
}

const START: Settings = {
  offerSound: true,
  messageSound: true,
  leftSound: true,
  micOnAccept: false,
  letterKeys: true,
}

export const settings = new Store<Settings>({ ...START, ...remembered<Partial<Settings>>("settings", true) })

export function change(part: Partial<Settings>): void {
  settings.patch(part)
  remember("settings", settings.get(), true)
}
