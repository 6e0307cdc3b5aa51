import type { Entry, Registry } from "./nodes"
import type { Masker } from "./parts"

/** Between two looks at all of a place, ms: pages change classes with every frame of an animation. */
const REST = 250
/** Elements between two looks at the clock. */
const STEP = 64

/**
 * What is masked by a rule like `.secure .total` changes with something else on the page: what was sent there is looked
 * at again, some of it in each slice.
 */
export class Look {
  readonly #registry: Registry
  readonly #masker: Pick<Masker, "reach">
  /** Answers whether it is sent anew, with all that is in it. */
  readonly #renew: (entry: Entry) => boolean
  readonly #places = new Set<Entry>()
  #open: Entry[] = []
  #began = Number.NEGATIVE_INFINITY

  constructor(registry: Registry, masker: Pick<Masker, "reach">, renew: (entry: Entry) => boolean) {
    this.#registry = registry
    this.#masker = masker
    this.#renew = renew
  }

  clear(): void {
    this.#places.clear()
    this.#open = []
    this.#began = Number.NEGATIVE_INFINITY
  }

  /** Places are left that it is not yet time for. */
  get waits(): boolean {
    return this.#places.size > 0
  }

  /** An attribute of it has changed, or (null) its children have. */
  changed(entry: Entry, attribute: string | null): void {
    const reach = this.#masker.reach(attribute)
    if (reach === null) return
    const place =
      reach === "root"
        ? this.#registry.get(entry.node.getRootNode())
        : reach === "around" && entry.node.parentNode
          ? this.#registry.get(entry.node.parentNode)
          : entry
    if (place) this.#places.add(place)
  }

  /** `now`, `end`: on the clock of `performance.now`. True when nothing is left to be done at once. */
  work(now: number, end: number): boolean {
    if (this.#open.length === 0 && this.#places.size > 0 && now - this.#began >= REST) {
      this.#began = now
      this.#open = [...this.#places]
      this.#places.clear()
    }
    for (let step = 1; this.#open.length > 0; step++) {
      if (step % STEP === 0 && performance.now() > end) return false
      const entry = this.#open.pop() as Entry
      if (!this.#registry.has(entry) || entry.node.nodeType === 3) continue
      if (entry.node.nodeType === 1 && entry.node.isConnected && this.#renew(entry)) continue
      if (entry.shadow) this.#open.push(entry.shadow)
      if (entry.doc) this.#open.push(entry.doc)
      for (const kid of entry.kids) if (kid.parent === entry) this.#open.push(kid)
    }
    return true
  }
}
