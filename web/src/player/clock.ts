/** Slowest and fastest that a recording is replayed. */
export const RATES = [0.5, 1, 1.5, 2, 4, 8, 16] as const

const MIN_RATE = RATES[0]
const MAX_RATE = RATES[RATES.length - 1] ?? 16

/** Seconds that go on for ever, from any beginning. */
export type Now = () => number

/**
 * The one clock that a replay follows: seconds from the beginning of the timeline. It runs while it is played and
 * nobody holds it; it is held while media that must be shown is not there yet, so that nothing gets out of step.
 */
export class Clock {
  #now: Now
  #anchor = 0
  #anchoredAt: number
  #rate = 1
  #playing = false
  #held = false

  constructor(
    readonly duration: number,
    now: Now = () => performance.now() / 1000,
  ) {
    this.#now = now
    this.#anchoredAt = now()
  }

  /** Seconds on the timeline, between 0 and `duration`. */
  get time(): number {
    if (!this.running) return this.#anchor
    return this.#inside(this.#anchor + (this.#now() - this.#anchoredAt) * this.#rate)
  }

  /** Somebody pressed play, even if it is held or has reached the end. */
  get playing(): boolean {
    return this.#playing
  }

  get held(): boolean {
    return this.#held
  }

  /** Time passes now. */
  get running(): boolean {
    return this.#playing && !this.#held
  }

  get rate(): number {
    return this.#rate
  }

  get ended(): boolean {
    return this.time >= this.duration
  }

  /** Goes on; from the beginning when the end was reached. */
  play(): void {
    if (this.ended) this.seek(0)
    this.#change(() => {
      this.#playing = true
    })
  }

  pause(): void {
    this.#change(() => {
      this.#playing = false
    })
  }

  /** To `time`, brought into the timeline's bounds. */
  seek(time: number): void {
    this.#anchor = this.#inside(time)
    this.#anchoredAt = this.#now()
  }

  setRate(rate: number): void {
    this.#change(() => {
      this.#rate = Math.min(MAX_RATE, Math.max(MIN_RATE, rate))
    })
  }

  hold(held: boolean): void {
    if (held === this.#held) return
    this.#change(() => {
      this.#held = held
    })
  }

  /** Time up to now counts as before, time from now on as after the change. */
  #change(apply: () => void): void {
    this.seek(this.time)
    apply()
  }

  #inside(time: number): number {
    return Number.isFinite(time) ? Math.min(this.duration, Math.max(0, time)) : 0
  }
}
