import { type Event, MESSAGE_LIMIT, type Message } from "../page/format"
import { Assembler } from "../page/frames"
import { Malformed, parse, read } from "../page/read"
import { pieces } from "./slices"

/** Work of one go; then the browser may draw, and hear the person. */
export const BUDGET_MS = 20

type Work = Generator<void, void, void>

/** Does work in goes of a bounded time, the first at once. Runs in a tab in the background as fast as in front. */
export class Goes {
  readonly #channel = new MessageChannel()
  readonly #failed: (error: unknown) => void
  #works: Work[] = []
  #waits = false
  #going = false

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
    this.#channel.port1.onmessage = () => {
      this.#waits = false
      this.#go()
    }
  }

  add(work: Work): void {
    this.#works.push(work)
    if (!this.#waits && !this.#going) this.#go()
  }

  clear(): void {
    this.#works = []
  }

  #go(): void {
    const until = performance.now() + BUDGET_MS
    this.#going = true
    try {
      while (this.#works.length > 0 && performance.now() <= until) {
        const works = this.#works
        // Whoever clears in the middle has thrown away this work as well.
        if (works[0]?.next().done && works === this.#works) works.shift()
      }
    } catch (error) {
      this.#works = []
      this.#failed(error)
    }
    this.#going = false
    if (this.#works.length === 0) return
    this.#waits = true
    this.#channel.port2.postMessage(null)
  }
}

/** Applies the page stream as it comes, whatever any clock says. */
export class Live {
  readonly #apply: (event: Event) => void
  readonly #epoch: (epoch: number) => void
  readonly #broken: (why: string) => void
  readonly #goes = new Goes((error) => this.#fail(error))
  #all = new Assembler(MESSAGE_LIMIT)
  /** Nothing is taken until a page begins. */
  #lost = true

  /** `apply`: throws for what cannot be. `broken`: said once, until a page begins again. */
  constructor(apply: (event: Event) => void, epoch: (epoch: number) => void, broken: (why: string) => void) {
    this.#apply = apply
    this.#epoch = epoch
    this.#broken = broken
  }

  /** A frame as it came. */
  frame(data: ArrayBuffer): void {
    try {
      const whole = this.#all.add(data)
      if (whole) this.#goes.add(this.#message(() => parse(whole.text), whole.message === 0, whole.epoch))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** A message that is whole. It is not of our own making either. */
  message(message: Message): void {
    const first = Array.isArray(message) && Array.isArray(message[1]) && message[1][0] === "init"
    this.#goes.add(this.#message(() => read(message), first, 1))
  }

  clear(): void {
    this.#all = new Assembler(MESSAGE_LIMIT)
    this.#lost = true
    this.#goes.clear()
  }

  *#message(take: () => Message, first: boolean, epoch: number): Work {
    if (this.#lost && !first) return
    const [, ...events] = take()
    yield
    if (first !== (events[0]?.[0] === "init")) throw new Malformed("a page begins with init, and only there")
    if (first) {
      this.#lost = false
      this.#epoch(epoch)
    }
    for (const [at, event] of events.entries()) {
      if (at > 0 && event[0] === "init") throw new Malformed("init within a message")
      for (const piece of pieces(event)) {
        this.#apply(piece)
        yield
      }
    }
  }

  #fail(error: unknown): void {
    this.clear()
    this.#broken(error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : "unknown")
  }
}
