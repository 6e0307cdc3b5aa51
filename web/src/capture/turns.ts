import type { Event } from "../page/format"

/** Gathers what happens in one turn, and gives it on as one message when the turn is over. */
export class Turns {
  #out: (time: number, events: Event[]) => void
  #began = 0
  #batch: Event[] = []
  #open = false
  #scheduled = false

  /** `out` gets milliseconds since `begin`. */
  constructor(out: (time: number, events: Event[]) => void) {
    this.#out = out
  }

  begin(): void {
    this.#batch = []
    this.#open = true
    this.#began = performance.now()
  }

  emit = (event: Event): void => {
    if (!this.#open) return
    this.#batch.push(event)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      const events = this.#batch
      this.#batch = []
      if (events.length > 0) this.#out(Math.round(performance.now() - this.#began), events)
    })
  }

  /** What was not given on yet never is. */
  end(): void {
    this.#open = false
    this.#batch = []
  }
}
