import type { Event } from "../page/format"
import type { FromView, Person, ToView, ViewMode, ViewState } from "../page/port"
import { Malformed } from "../page/read"
import { Acts } from "./acts"
import { Assets } from "./assets"
import { Bounds } from "./bounds"
import { Input } from "./input"
import { Live } from "./live"
import { Marks } from "./marks"
import { Replay } from "./replay"
import { select } from "./selection"
import { type Note, Stage } from "./stage"
import { setLanguage, t } from "./text"
import { Tools } from "./tools"
import { Tree } from "./tree"

/** Events that do not fit a page; with more, what is shown is not that page. */
const MOST_LOST = 100
const NOBODY: Person = { id: "", name: "", color: "#117a49" }
const USUAL: ViewMode = {
  control: false,
  tool: "none",
  scale: "fit",
  language: "en",
  dark: false,
  me: { ...NOBODY, color: "#3155d6" },
  customer: NOBODY,
}

/** Brings together what comes down the port, what is shown, and what the person does. */
export class View {
  readonly #port: MessagePort
  readonly #stage = new Stage(() => this.#told())
  readonly #assets = new Assets(
    (hashes) => this.#say({ type: "want", hashes }),
    (hashes) => this.#tree.fresh(hashes),
  )
  readonly #tree = new Tree(this.#stage.frame, this.#assets)
  readonly #bounds = new Bounds()
  readonly #marks = new Marks(this.#tree, () => this.#stage.scale)
  readonly #live = new Live(
    (event) => this.#apply(event),
    (epoch) => this.#begin(epoch),
    (why) => this.#broken(why),
  )
  readonly #acts = new Acts((act, op) => this.#say({ type: "act", act, epoch: this.#state.epoch, op }), this.#stage)
  readonly #tools = new Tools(this.#tree, this.#marks, USUAL, (shown) =>
    this.#say({ type: "point", epoch: this.#state.epoch, shown }),
  )
  readonly #input = new Input(this.#stage, this.#tree, this.#acts, this.#tools, USUAL, () =>
    this.#say({ type: "leave" }),
  )
  readonly #replay = new Replay({
    begin: (epoch) => this.#begin(epoch),
    apply: (event) => this.#apply(event),
    shown: (by, shown) => this.#marks.show(by, shown),
    acted: (by, at, op) => this.#marks.acted(by, at, t(`act.${op}`)),
    cut: () => this.#forget("cut"),
    broken: (why) => this.#broken(why),
    acts: (acts) => this.#say({ type: "acts", acts }),
    settled: () => this.#told(),
  })
  #lost = 0
  #mode = USUAL
  #state: ViewState = { epoch: 0, shown: false, whole: false, width: 0, height: 0, scale: 1, address: "", title: "" }
  #telling = false

  constructor(port: MessagePort) {
    this.#port = port
    this.#stage.shield.before(this.#marks.svg)
    this.#setMode(USUAL)
    port.onmessage = (event: MessageEvent<ToView>) => this.#hear(event.data)
    this.#say({ type: "ready" })
  }

  #say(message: FromView): void {
    this.#port.postMessage(message)
  }

  #hear(message: ToView): void {
    switch (message.type) {
      case "frame":
        this.#live.frame(message.data)
        break
      case "message":
        this.#live.message(message.message)
        break
      case "clear":
        this.#clear(message.why ?? "waiting")
        break
      case "asset":
        this.#assets.came(message.hash, message.mime, message.data)
        break
      case "mode":
        this.#setMode(message.mode)
        break
      case "shown":
        if (message.epoch === this.#state.epoch) this.#marks.show(message.by, message.shown)
        break
      case "result":
        this.#acts.result(message.act, message.outcome, message.reason)
        break
      case "recorded":
        this.#clear("loading")
        this.#marks.follow(() => this.#replay.clock)
        this.#replay.load(message.data)
        break
      case "at":
        this.#replay.at(message.at)
        break
    }
  }

  #setMode(mode: ViewMode): void {
    this.#mode = mode
    setLanguage(mode.language)
    this.#stage.mode(mode)
    this.#acts.of(mode.customer.name)
    this.#input.mode(mode)
  }

  #clear(note: Note): void {
    this.#live.clear()
    this.#replay.clear()
    this.#marks.follow(() => performance.now())
    this.#forget(note)
  }

  #forget(note: Note): void {
    this.#tree.clear()
    this.#assets.clear()
    this.#marks.clear()
    this.#input.clear()
    this.#stage.partial(false)
    this.#stage.note(note)
    this.#tell({ shown: false, whole: false, address: "", title: "" })
  }

  #begin(epoch: number): void {
    this.#marks.clear()
    this.#input.clear()
    this.#tell({ epoch, whole: false })
  }

  #broken(why: string): void {
    this.#forget("broken")
    this.#say({ type: "broken", why })
  }

  #apply(event: Event): void {
    this.#bounds.check(this.#tree, event)
    if (event[0] === "init") this.#lost = this.#tree.lost
    this.#tree.apply(event)
    if (this.#tree.lost - this.#lost > MOST_LOST) throw new Malformed("does not fit")
    const { customer } = this.#mode
    switch (event[0]) {
      case "init": {
        const { width, height, address, title, focus } = event[1]
        this.#stage.resize(width, height)
        this.#stage.note(null)
        this.#stage.partial(true)
        this.#marks.focus(customer, focus)
        this.#tell({ shown: true, width, height, address, title })
        break
      }
      case "whole":
        this.#stage.partial(false)
        this.#tell({ whole: true })
        break
      case "size":
        this.#stage.resize(event[1], event[2])
        this.#tell({ width: event[1], height: event[2] })
        break
      case "cursor":
        this.#marks.cursor(customer, event[1] && [...event[1]])
        this.#tree.hover(event[1]?.[0] ?? 0)
        break
      case "click":
        this.#marks.click(customer)
        break
      case "focus":
        this.#marks.focus(customer, event[1])
        this.#input.focused(event[1])
        break
      case "select":
        select(this.#tree, event[1])
        break
      case "title":
        this.#tell({ title: event[1] })
        break
      case "address":
        this.#tell({ address: event[1] })
        break
    }
  }

  #tell(changed: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...changed }
    this.#told()
  }

  #told(): void {
    if (this.#telling) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      this.#say({ type: "state", state: { ...this.#state, scale: this.#stage.scale } })
    })
  }
}
