import type { permission } from "../rtc/devices"
import type { LocalMedia } from "../rtc/local"
import { Refused } from "../wire/control"

export const CHECKED = ["mic", "camera"] as const
export type Checked = (typeof CHECKED)[number]
export type Choice = Partial<Record<Checked, boolean>>

export interface StandbyOptions {
  local: LocalMedia
  permission: typeof permission
  /** Somebody has answered and is there. */
  live: () => boolean
  /** Let those who are there hear or see. Rejects with `Refused`. */
  give: (label: Checked) => Promise<void>
  takeBack: (label: Checked) => unknown
  /** It goes out now. */
  began: (label: Checked) => void
  refused: (error: unknown) => void
}

/**
 * Microphone and camera that were checked while waiting. They stay captured, unsent, and go out by themselves when
 * somebody answers: first the permission is given, then the track is sent. What is switched off before stays here.
 */
export class Standby {
  #options: StandbyOptions
  /** On when somebody answered, and not given yet. */
  #armed = new Set<Checked>()
  /** Chosen before a reload; the browser has not given it back yet. */
  #recovering = new Set<Checked>()

  constructor(options: StandbyOptions) {
    this.#options = options
  }

  /** What a reload has to bring back. */
  choice(waiting: boolean): Choice {
    const chosen = (label: Checked) => {
      const { kind } = this.#options.local.state(label)
      if (this.#recovering.has(label)) return true
      return (waiting || this.#armed.has(label)) && (kind === "ready" || kind === "asking")
    }
    return { mic: chosen("mic"), camera: chosen("camera") }
  }

  /** After a reload: only what the browser gives without asking; a question comes with a click alone. */
  async recover(was: Choice): Promise<void> {
    const { local } = this.#options
    const wanted = CHECKED.filter((label) => was[label])
    for (const label of wanted) this.#recovering.add(label)
    for (const label of wanted) {
      const free = (await this.#options.permission(label)) === "granted"
      // Meanwhile it may have been turned on by hand, or everything was left.
      if (free && this.#recovering.has(label) && local.state(label).kind === "off") await local.prepare(label)
      if (this.#recovering.delete(label) && this.#options.live() && this.#kind(label) === "ready")
        this.#armed.add(label)
    }
    this.go()
  }

  /** Somebody answers. A question of the browser that is still open is not waited for. */
  answered(): void {
    for (const label of CHECKED) if (!this.#recovering.has(label)) this.#arm(label)
  }

  /** Call when the server can be asked: gives and sends what waits for it. */
  go(): void {
    if (!this.#options.live()) return
    for (const label of this.#armed) void this.#send(label)
  }

  /** Nothing comes back any more. */
  close(): void {
    this.#armed.clear()
    this.#recovering.clear()
  }

  #arm(label: Checked): void {
    if (this.#kind(label) === "ready") this.#armed.add(label)
    else this.#options.local.drop(label)
  }

  async #send(label: Checked): Promise<void> {
    this.#armed.delete(label)
    if (this.#kind(label) !== "ready") return
    try {
      await this.#options.give(label)
    } catch (error) {
      // The connection is gone, or the agent: it goes out with the next one.
      if ((error instanceof Refused && error.code === "offline") || !this.#options.live()) this.#armed.add(label)
      else {
        this.#options.local.drop(label)
        this.#options.refused(error)
      }
      return
    }
    const kind = this.#kind(label)
    if (kind === "ready") {
      if (await this.#options.local.start(label)) this.#options.began(label)
    } else if (kind !== "on") this.#options.takeBack(label)
  }

  #kind(label: Checked) {
    return this.#options.local.state(label).kind
  }
}
