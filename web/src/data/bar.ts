import type { ClientBody } from "../contract/messages"
import { type DeskView, setBar } from "./desk"

interface Desk {
  get: () => DeskView | null
  set: (desk: DeskView) => void
  /** True when the server took it. */
  act: (body: ClientBody) => Promise<boolean>
}

/** The team bar while it is arranged: shown at once, so that a second change goes on from the first. */
export class Arranging {
  #desk: Desk
  #open = 0
  /** The bar as the server has it. */
  #told: readonly string[] = []

  constructor(desk: Desk) {
    this.#desk = desk
  }

  async put(users: readonly string[]): Promise<void> {
    const before = this.#desk.get()
    if (!before) return
    if (this.#open++ === 0) this.#told = before.bar
    this.#desk.set({ ...before, bar: users })
    if (await this.#desk.act(setBar(users))) this.#told = users
    const after = this.#desk.get()
    if (--this.#open === 0 && after) this.#desk.set({ ...after, bar: this.#told })
  }

  /** What the server says of the bar while it is arranged is of the change before. */
  heard(told: DeskView, shown: DeskView): DeskView {
    return this.#open > 0 ? { ...told, bar: shown.bar } : told
  }
}
