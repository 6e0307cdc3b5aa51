/** What is done again when an asset has come. */
export interface Job {
  /** Of the node, which may be gone by then; below 0: of the constructed stylesheet of that number. */
  id: number
  set: () => void
}

/** Beyond so many those of nodes that are gone are looked for. */
const MANY = 2000

/** Who waits for which asset. */
export class Waiting {
  readonly #jobs = new Map<string, Set<Job>>()
  readonly #lives: (id: number) => boolean
  #count = 0

  constructor(lives: (id: number) => boolean) {
    this.#lives = lives
  }

  clear(): void {
    this.#jobs.clear()
    this.#count = 0
  }

  add(hash: string, job: Job): void {
    const jobs = this.#jobs.get(hash) ?? new Set()
    this.#jobs.set(hash, jobs.add(job))
    if (++this.#count < MANY) return
    this.#count = 0
    for (const [key, all] of this.#jobs) {
      for (const one of all) if (!this.#lives(one.id)) all.delete(one)
      if (all.size === 0) this.#jobs.delete(key)
    }
  }

  came(hashes: ReadonlySet<string>): void {
    for (const hash of hashes) {
      const jobs = this.#jobs.get(hash)
      this.#jobs.delete(hash)
      for (const one of jobs ?? []) if (this.#lives(one.id)) one.set()
    }
  }
}
