import type { Op, PageOutcome, PageReason, Shown } from "../page/acts"
import type { FromChild, ToChild } from "./childport"
import type { Depot } from "./depot"
import type { ForeignFrames } from "./frames"
import type { Emit, Rules } from "./parts"
import { Renumber } from "./renumber"

type Tell = (outcome: PageOutcome, reason: PageReason | null) => void
type By = { id: string; name: string }

export interface FramesOptions {
  rules(): Rules
  emit: Emit
  /** The next number of a node that is free. */
  number(): number
  depot: Depot
  texts(): Record<string, string>
  language(): string
  /** Participants who may act on the page. */
  controllers(): readonly string[]
}

/** What the script in a frame and the page around it begin with, each side checking who speaks. */
export const GREETING = "deskside.child"

/** Frames of the company's other origins, each with a capture of its own, shown as parts of this page. */
export class ChildFrames implements ForeignFrames {
  #options: FramesOptions
  #children = new Map<number, Child>()

  constructor(options: FramesOptions) {
    this.#options = options
  }

  found(frame: HTMLIFrameElement, id: number): void {
    if (this.#children.size === 0) addEventListener("message", this.#greeted)
    this.#children.get(id)?.close()
    const child = new Child(frame, id, this.#options)
    this.#children.set(id, child)
    child.greet(originOf(frame))
  }

  gone(id: number): void {
    this.#children.get(id)?.close()
    this.#children.delete(id)
    if (this.#children.size === 0) removeEventListener("message", this.#greeted)
  }

  stop(): void {
    for (const id of [...this.#children.keys()]) this.gone(id)
  }

  /** Who may act has changed. */
  revoke(): void {
    for (const child of this.#children.values()) child.revoke()
  }

  /** True when the act is on a node of a frame, and is done or refused there. */
  act(op: Op, by: By, tell: Tell): boolean {
    const child = "node" in op ? this.#owner(op.node) : null
    if (!child) return false
    child.act(op, by, tell)
    return true
  }

  show(shown: Shown, by: By): boolean {
    const node = nodeOf(shown)
    if (node === null) {
      for (const child of this.#children.values()) child.show(shown, by)
      return false
    }
    const child = this.#owner(node)
    child?.show(shown, by)
    return child !== null
  }

  #owner(node: number): Child | null {
    for (const child of this.#children.values()) if (child.numbers.ownOf(node)) return child
    return null
  }

  /** A frame's script is there, later than we looked. */
  #greeted = (event: MessageEvent): void => {
    if ((event.data as { type?: unknown } | null)?.type !== GREETING || !event.source) return
    for (const child of this.#children.values()) {
      if (child.frame.contentWindow === event.source) child.greet(event.origin)
    }
  }
}

class Child {
  readonly numbers: Renumber
  readonly frame: HTMLIFrameElement
  #options: FramesOptions
  #port: MessagePort | null = null
  #acts = new Map<number, Tell>()
  #next = 1

  constructor(frame: HTMLIFrameElement, id: number, options: FramesOptions) {
    this.frame = frame
    this.#options = options
    this.numbers = new Renumber(id, options.number)
  }

  /** Only a document of that origin can take the port, and only one of the company's gets it. */
  greet(origin: string | null): void {
    if (origin === null || !this.#options.rules().origins.includes(origin)) return
    this.close()
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.onmessage = ({ data }) => {
      try {
        this.#hear(data as FromChild)
      } catch (error) {
        // What it says is not to be understood: the frame stays empty.
        console.warn("Deskside", error)
        this.close()
      }
    }
    this.frame.contentWindow?.postMessage({ type: GREETING }, origin, [port2])
    const { texts, language, controllers } = this.#options
    this.#say({ type: "start", texts: texts(), language: language(), controllers: [...controllers()] })
  }

  revoke(): void {
    this.#say({ type: "revoke", controllers: [...this.#options.controllers()] })
  }

  act(op: Op, by: By, tell: Tell): void {
    const own = this.#own(op)
    if (!own || !this.#port) {
      tell("refused", "unsupported")
      return
    }
    this.#acts.set(this.#next, tell)
    this.#say({ type: "act", n: this.#next++, op: own, by })
  }

  show(shown: Shown, by: By): void {
    const { numbers } = this
    const place = <P extends readonly [number, ...number[]]>(point: P): P =>
      [numbers.ownOf(point[0]), ...point.slice(1)] as unknown as P
    let own = shown
    if (shown.mark === "pointer" && shown.at) own = { ...shown, at: place(shown.at) }
    if (shown.mark === "highlight" && shown.node) own = { ...shown, node: numbers.ownOf(shown.node) }
    if (shown.mark === "stroke") {
      const points = shown.points.map(place).filter(([node]) => node !== 0)
      if (points.length === 0) return
      own = { ...shown, points }
    }
    this.#say({ type: "show", shown: own, by })
  }

  close(): void {
    this.#say({ type: "stop" })
    this.#port?.close()
    this.#port = null
    for (const tell of this.#acts.values()) tell("refused", "gone")
    this.#acts.clear()
  }

  #own(op: Op): Op | null {
    if (!("node" in op)) return null
    const node = this.numbers.ownOf(op.node)
    if (op.op !== "drag") return node ? { ...op, node } : null
    const to = this.numbers.ownOf(op.to)
    return node && to ? { ...op, node, to } : null
  }

  #hear(word: FromChild): void {
    switch (word.type) {
      case "events":
        for (const event of word.events) for (const one of this.numbers.events(event)) this.#options.emit(one)
        break
      case "acted": {
        const tell = this.#acts.get(word.n)
        if (word.outcome !== "asking") this.#acts.delete(word.n)
        tell?.(word.outcome, word.reason)
        break
      }
      case "put":
        if (!/^[0-9a-f]{64}$/.test(word.hash) || !(word.content instanceof Blob)) break
        this.#options.depot.put(word.hash, word.content).then(
          () => this.#say({ type: "answer", n: word.n, value: true }),
          () => this.#say({ type: "answer", n: word.n, value: false }),
        )
        break
      case "ask":
        this.#options.depot.ask(String(word.url)).then(
          (value) => this.#say({ type: "answer", n: word.n, value }),
          () => this.#say({ type: "answer", n: word.n, value: null }),
        )
        break
    }
  }

  #say(word: ToChild): void {
    this.#port?.postMessage(word)
  }
}

function originOf(frame: HTMLIFrameElement): string | null {
  try {
    const url = new URL(frame.src, frame.baseURI)
    return url.protocol.startsWith("http") ? url.origin : null
  } catch {
    return null
  }
}

function nodeOf(shown: Shown): number | null {
  if (shown.mark === "pointer") return shown.at?.[0] ?? null
  if (shown.mark === "highlight") return shown.node
  return shown.mark === "stroke" ? (shown.points[0]?.[0] ?? null) : null
}
