import { PageActor } from "./acts"
import { PageAssets } from "./assets"
import type { FromChild, ToChild } from "./childport"
import { ChildFrames } from "./children"
import type { Depot, Fetched } from "./depot"
import { Engine } from "./engine"
import { PageMasker } from "./mask"
import type { Host, Rules } from "./parts"
import { Turns } from "./turns"

export interface ChildHost {
  base: string
  /** To the page around, whose origin is one of the site's. */
  port: MessagePort
  rules: Rules
}

/** The capture of a document in a frame, for the page of another origin around it. */
export class ChildCapture {
  #host: ChildHost
  #texts: Record<string, string> = {}
  #language = "en"
  #masker: PageMasker
  #assets: PageAssets
  #depot: UpDepot
  #engine: Engine
  #actor: PageActor
  #frames: ChildFrames
  #turns: Turns
  #epoch = 0
  #controllers: readonly string[] = []

  constructor(host: ChildHost) {
    this.#host = host
    const { port, rules } = host
    const tell = (word: FromChild) => port.postMessage(word)
    this.#depot = new UpDepot(tell)
    this.#turns = new Turns((_time, events) => tell({ type: "events", events }))
    this.#masker = new PageMasker(rules, document)
    this.#assets = new PageAssets(this.#depot)
    const ours = new Set<Element>()
    this.#frames = new ChildFrames({
      rules: () => rules,
      emit: this.#turns.emit,
      number: () => this.#engine.number(),
      depot: this.#depot,
      texts: () => this.#texts,
      language: () => this.#language,
      controllers: () => this.#controllers,
    })
    this.#engine = new Engine({
      document,
      masker: this.#masker,
      assets: this.#assets,
      emit: this.#turns.emit,
      exclude: (element) => ours.has(element),
      frames: this.#frames,
    })
    this.#actor = new PageActor(this.#actorHost(), this.#engine.nodes, this.#masker)
    ours.add(this.#actor.layer.element)
    port.onmessage = ({ data }) => this.#hear(data as ToChild)
  }

  close(): void {
    this.#stop()
    this.#assets.close()
    this.#masker.close()
    this.#host.port.close()
  }

  #hear(word: ToChild): void {
    switch (word.type) {
      case "start":
        this.#texts = word.texts
        this.#language = word.language
        this.#allow(word.controllers)
        this.#engine.stop()
        this.#turns.begin()
        this.#engine.start(++this.#epoch)
        break
      case "stop":
        this.#stop()
        break
      case "revoke":
        this.#allow(word.controllers)
        break
      case "act":
        this.#actor.act(word.op, this.#epoch, word.by, (outcome, reason) =>
          this.#host.port.postMessage({ type: "acted", n: word.n, outcome, reason } satisfies FromChild),
        )
        break
      case "show":
        this.#actor.show(word.shown, this.#epoch, word.by)
        break
      case "answer":
        this.#depot.answer(word.n, word.value)
        break
    }
  }

  #allow(controllers: readonly string[]): void {
    if (this.#controllers.some((one) => !controllers.includes(one))) this.#actor.stop()
    this.#controllers = controllers
    this.#frames.revoke()
  }

  #stop(): void {
    this.#engine.stop()
    this.#actor.stop()
    this.#frames.stop()
    this.#turns.end()
  }

  /** Who may see was decided by the page around; here nobody else can ask. */
  #actorHost(): Host {
    const { base, rules } = this.#host
    const everybody = { includes: () => true } as unknown as readonly string[]
    const language = () => this.#language
    return {
      base,
      session: "",
      access: () => null,
      rules,
      get language() {
        return language()
      },
      text: (key, values) =>
        (this.#texts[key] ?? key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => values?.[name] ?? ""),
      panel: document.createElement("div"),
      send: () => Promise.resolve(),
      viewers: () => everybody,
      controllers: () => this.#controllers,
      notify: () => {},
    }
  }
}

/** By way of the page around, which has a right to the server. */
class UpDepot implements Depot {
  #tell: (word: FromChild) => void
  #waiting = new Map<number, (value: Fetched | boolean | null) => void>()
  #next = 1

  constructor(tell: (word: FromChild) => void) {
    this.#tell = tell
  }

  async put(hash: string, content: Blob): Promise<void> {
    const kept = await this.#question((n) => ({ type: "put", n, hash, content }))
    if (kept !== true) throw new Error("not kept")
  }

  async ask(url: string): Promise<Fetched | null> {
    const found = await this.#question((n) => ({ type: "ask", n, url }))
    return typeof found === "object" ? found : null
  }

  answer(n: number, value: Fetched | boolean | null): void {
    this.#waiting.get(n)?.(value)
    this.#waiting.delete(n)
  }

  close(): void {
    this.#waiting.clear()
  }

  #question(word: (n: number) => FromChild): Promise<Fetched | boolean | null> {
    const n = this.#next++
    return new Promise((resolve) => {
      this.#waiting.set(n, resolve)
      this.#tell(word(n))
    })
  }
}
