import type { DesktopInput } from "../contract/messages"

export type InputEvent = DesktopInput["events"][number]
type Move = Extract<InputEvent, { op: "move" }>
type Wheel = Extract<InputEvent, { op: "wheel" }>

/** Why input does not arrive just now; what is done meanwhile is lost. */
export type Trouble = "behind" | "conflict" | "not_ready" | "offline" | "failed"

export interface QueueOptions {
  /** One message. Rejects with an error that has a `code`. */
  send: (events: InputEvent[]) => Promise<void>
  /** Input goes through again (null), or not, and why. All that was pressed is let go with it. */
  onTrouble: (trouble: Trouble | null) => void
}

const MOST_EVENTS = 64
/** Moves wait for a reply while so many messages are on their way. */
const MOST_FLYING = 8
const RETRY_MS = 500
const MOST_NOTCHES = 100
const TOLD: ReadonlySet<string> = new Set<Trouble>(["behind", "conflict", "not_ready", "offline"])

/**
 * Input on its way out. Moves and the wheel wait for the next picture and are one event then; everything else goes at
 * once, after what waits. When it is refused all is dropped, and `release` is said until it is taken.
 */
export class InputQueue {
  readonly #options: QueueOptions
  #waiting: InputEvent[] = []
  #flying = 0
  #frame = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #trouble: Trouble | null = null

  constructor(options: QueueOptions) {
    this.#options = options
  }

  push(event: InputEvent): void {
    if (this.#trouble) return
    const last = this.#waiting.at(-1)
    if (event.op === "move") {
      if (last?.op === "move") this.#waiting.pop()
      this.#waiting.push(event)
      this.#later()
    } else if (event.op === "wheel") {
      if (last?.op === "wheel") this.#waiting.splice(-1, 1, together(last, event))
      else this.#waiting.push(event)
      this.#later()
    } else {
      this.#waiting.push(event)
      this.flush()
    }
  }

  /** What waits goes now. */
  flush(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    while (this.#waiting.length > 0 && !this.#trouble) this.#send(this.#waiting.splice(0, MOST_EVENTS))
  }

  /** All that is pressed there is let go; moves that wait are no use any more. */
  release(): void {
    this.#waiting = []
    this.push({ op: "release" })
  }

  /** Nothing more is to go out: control is over. */
  clear(): void {
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#retry)
    this.#frame = 0
    this.#waiting = []
    this.#tell(null)
  }

  #later(): void {
    if (this.#frame === 0 && this.#flying < MOST_FLYING) this.#frame = requestAnimationFrame(() => this.flush())
  }

  #send(events: InputEvent[]): void {
    this.#flying++
    this.#options
      .send(events)
      .catch((cause: { code?: string }) => this.#refused(cause.code ?? ""))
      .finally(() => {
        this.#flying--
        if (this.#waiting.length > 0) this.#later()
      })
  }

  #refused(code: string): void {
    this.#waiting = []
    // Control is over: the session says so itself.
    if (this.#trouble || code === "not_allowed") return
    this.#tell(TOLD.has(code) ? (code as Trouble) : "failed")
    this.#again()
  }

  #again(): void {
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      this.#options.send([{ op: "release" }]).then(
        () => this.#tell(null),
        (cause: { code?: string }) => {
          if (this.#trouble === null) return
          if (cause.code === "not_allowed") this.#tell(null)
          else this.#again()
        },
      )
    }, RETRY_MS)
  }

  #tell(trouble: Trouble | null): void {
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#options.onTrouble(trouble)
  }
}

function together(a: Wheel, b: Wheel): Wheel {
  const sum = (one = 0, other = 0) => Math.max(-MOST_NOTCHES, Math.min(MOST_NOTCHES, one + other))
  return { ...b, dx: sum(a.dx, b.dx), dy: sum(a.dy, b.dy) }
}

export const moveTo = ([x, y]: [number, number]): Move => ({ op: "move", x, y })
