/** At most one call in so many milliseconds; the last one always comes. */
export class Pace<T> {
  readonly #ms: number
  readonly #work: (value: T) => void
  #at = Number.NEGATIVE_INFINITY
  #timer = 0
  #last: { value: T } | null = null

  constructor(ms: number, work: (value: T) => void) {
    this.#ms = ms
    this.#work = work
  }

  call(value: T): void {
    this.#last = { value }
    if (this.#timer !== 0) return
    const wait = this.#at + this.#ms - performance.now()
    if (wait <= 0) this.flush()
    else this.#timer = window.setTimeout(() => this.flush(), wait)
  }

  /** What waits is done now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = 0
    const last = this.#last
    if (!last) return
    this.#last = null
    this.#at = performance.now()
    this.#work(last.value)
  }

  drop(): void {
    clearTimeout(this.#timer)
    this.#timer = 0
    this.#last = null
  }
}
