import type { Op, PageOutcome, PageReason, Shown } from "../page/acts"
import { check, choose, commit, editable, insert, isField, isOff, setValue } from "./fields"
import { key } from "./keys"
import { Layer } from "./layer"
import { Marks } from "./marks"
import type { Actor, Host, Masker, Nodes } from "./parts"
import { closest, elementOf, focused, isHtml, isShown, type Spot, spotOn, viewOf, within } from "./place"
import { drag, hover, press, target } from "./pointing"
import { Question } from "./question"
import { nameOf, Risk } from "./risk"

type Tell = (outcome: PageOutcome, reason: PageReason | null) => void
type By = { id: string; name: string }
type On<K extends Op["op"]> = Extract<Op, { op: K }>

/** Acts that wait while the customer is asked, or while one takes its time. */
const MOST_WAITING = 30
/** Who has just typed keeps the focus. */
const TYPING_MS = 2000

class Refusal extends Error {
  constructor(readonly reason: PageReason) {
    super(reason)
  }
}

/** Does on the page what staff, who were allowed to, do in their view of it. One act after the other. */
export class PageActor implements Actor {
  readonly layer: Layer
  readonly #host: Host
  readonly #nodes: Nodes
  readonly #masker: Masker
  readonly #risk: Risk
  readonly #question: Question
  readonly #marks: Marks
  /** What stands over the page and is not of it. */
  readonly #ours: readonly Element[]
  #queue: Promise<void> = Promise.resolve()
  #waiting = 0
  /** Counts the stops: an act of before one is not done after it. */
  #era = 0
  #typedAt = Number.NEGATIVE_INFINITY

  constructor(host: Host, nodes: Nodes, masker: Masker) {
    this.#host = host
    this.#nodes = nodes
    this.#masker = masker
    this.#risk = new Risk(host.rules)
    this.layer = new Layer(host)
    this.#question = new Question(host, this.layer)
    this.#marks = new Marks(this.layer, nodes)
    this.#ours = [host.panel, this.layer.element]
    // Lasts as long as the page: who has just typed is known when the first act comes.
    document.addEventListener("keydown", this.#typed, { capture: true, passive: true })
  }

  act(op: Op, epoch: number, by: By, tell: Tell): void {
    if (this.#waiting >= MOST_WAITING) {
      tell("refused", "too_many")
      return
    }
    const era = this.#era
    this.#waiting++
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#do(op, epoch, by, tell, era)
        tell("done", null)
      } catch (error) {
        if (!(error instanceof Refusal)) console.warn("Deskside", error)
        tell("refused", error instanceof Refusal ? error.reason : "failed")
      } finally {
        this.#waiting--
      }
    })
  }

  show(shown: Shown, epoch: number, by: By): void {
    if (epoch === this.#nodes.epoch && this.#host.viewers().includes(by.id)) this.#marks.show(shown, by)
  }

  stop(): void {
    this.#era++
    this.#question.withdraw()
    this.#marks.clear()
    this.layer.hide()
    commit()
  }

  readonly #typed = (event: KeyboardEvent): void => {
    if (event.isTrusted) this.#typedAt = performance.now()
  }

  /** Throws a `Refusal` when the act may not be done, now or any more. */
  #allow(epoch: number, by: By, era: number): void {
    if (era !== this.#era || !this.#host.controllers().includes(by.id)) throw new Refusal("no_consent")
    if (epoch !== this.#nodes.epoch) throw new Refusal("old_epoch")
  }

  async #do(op: Op, epoch: number, by: By, tell: Tell, era: number): Promise<void> {
    this.#allow(epoch, by, era)
    if (op.op === "go") return this.#go(op)
    if (op.op === "scroll") return this.#scroll(op)
    const element = this.#reach(op.node)
    const asked = op.op === "hover" ? null : this.#risky(op, element)
    if (asked) {
      tell("asking", null)
      const answer = await this.#question.ask(by.name, this.#masker.forbids(asked) ? "" : nameOf(asked))
      if (answer !== "yes")
        throw new Refusal(era === this.#era ? (answer === "no" ? "declined" : "unanswered") : "no_consent")
      // Meanwhile everything may have changed.
      this.#allow(epoch, by, era)
      if (this.#reach(op.node) !== element) throw new Refusal("gone")
    }
    await this.#perform(op, element, () => era === this.#era && this.#host.controllers().includes(by.id))
  }

  #risky(op: Exclude<Op, On<"go"> | On<"scroll"> | On<"hover">>, element: Element): Element | null {
    const found = this.#risk.of(element, op.op === "key" && op.key === "Enter")
    if (found || op.op !== "drag") return found
    return this.#risk.of(this.#reach(op.to))
  }

  /** The element, where it can be acted on. */
  #reach(id: number): Element {
    const element = elementOf(this.#nodes, id)
    if (!element?.isConnected) throw new Refusal("gone")
    if (within(element, this.#host.panel) || within(element, this.layer.element)) throw new Refusal("unsupported")
    if (this.#masker.forbids(element)) throw new Refusal("masked")
    if (!isShown(element)) throw new Refusal("hidden")
    return element
  }

  async #perform(op: Exclude<Op, On<"go"> | On<"scroll">>, element: Element, goesOn: () => boolean): Promise<void> {
    const take = this.#mayTake(element)
    switch (op.op) {
      case "hover":
        return hover(...this.#hit(element, op))
      case "click":
        return this.#click(op, element, take)
      case "drag":
        return drag(element, spotOn(element, op.x, op.y), this.#reach(op.to), [op.to_x, op.to_y], this.#ours, goesOn)
      case "check":
        if (isOff(element)) throw new Refusal("disabled")
        return need(check(element, op.on))
      case "select":
        if (isOff(element)) throw new Refusal("disabled")
        return need(choose(element, op.options))
      case "value":
        this.#writable(element)
        return need(setValue(element, op.value))
      case "insert":
        this.#writable(element)
        return need(insert(element, op.text, take))
      case "key":
        if (isOff(element) && !isField(element)) throw new Refusal("disabled")
        if (isField(element) && isOff(element) && op.key.length === 1) throw new Refusal("disabled")
        return need(key(element, op.key, op.modifiers ?? [], take))
    }
  }

  #writable(element: Element): void {
    if (isHtml(element, "input") && (element as HTMLInputElement).type === "file") throw new Refusal("unsupported")
    if (isOff(element)) throw new Refusal("disabled")
    if (!isField(element) && !editable(element)) throw new Refusal("unsupported")
  }

  #click(op: On<"click">, element: Element, take: boolean): void {
    const [on, spot] = this.#hit(element, op)
    if (this.#masker.forbids(on)) throw new Refusal("masked")
    if (isOff(on) && !isField(on)) throw new Refusal("disabled")
    if (closest(on, "input[type=file]")) throw new Refusal("unsupported")
    this.#leads(on)
    commit(on)
    press(on, spot, { button: op.button ?? 0, count: op.count ?? 1, modifiers: op.modifiers ?? [], focus: take })
  }

  /** A link that leads away from the company's pages, or into a new tab, which needs a person's own click. */
  #leads(on: Element): void {
    const link = closest(on, "a[href],area[href]") as HTMLAnchorElement | null
    if (!link || !/^https?:$/.test(link.protocol)) return
    if (!this.#ofSite(link.href)) throw new Refusal("off_site")
    if (link.target && !/^_(self|top|parent)$/i.test(link.target) && !link.download) throw new Refusal("unsupported")
  }

  /** What is hit there: in the element, as the person at the page would see it. */
  #hit(element: Element, { x, y }: { x: number; y: number }): [Element, Spot] {
    let spot = spotOn(element, x, y)
    const view = viewOf(element)
    if (spot.x < 0 || spot.y < 0 || spot.x > view.innerWidth || spot.y > view.innerHeight) {
      element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" })
      spot = spotOn(element, x, y)
    }
    const on = target(element, spot, this.#ours)
    if (!on) throw new Refusal("hidden")
    return [on, spot]
  }

  /** The focus stays with the person who is typing elsewhere. */
  #mayTake(element: Element): boolean {
    if (performance.now() - this.#typedAt > TYPING_MS) return true
    const held = focused()
    return !held || held === element || within(held, element) || !(isField(held) || editable(held))
  }

  #scroll({ node, x, y }: On<"scroll">): void {
    const element = elementOf(this.#nodes, node)
    if (!element?.isConnected) throw new Refusal("gone")
    const root = element === element.ownerDocument.documentElement
    const scroller = root ? (element.ownerDocument.scrollingElement ?? element) : element
    scroller.scrollTo({ left: x, top: y, behavior: "instant" })
  }

  #go({ way, to }: On<"go">): void {
    commit()
    if (way === "reload") later(() => location.reload())
    else if (way === "address") {
      if (!this.#ofSite(to ?? "")) throw new Refusal("off_site")
      later(() => location.assign(new URL(to ?? "", location.href)))
    } else {
      // Only what is of this origin is told of here: the step before may lead away from the company's pages.
      const known = (globalThis as { navigation?: { canGoBack: boolean; canGoForward: boolean } }).navigation
      if (known && !(way === "back" ? known.canGoBack : known.canGoForward)) throw new Refusal("off_site")
      later(() => (way === "back" ? history.back() : history.forward()))
    }
  }

  #ofSite(address: string): boolean {
    if (!URL.canParse(address, location.href)) return false
    const { origin, protocol } = new URL(address, location.href)
    return /^https?:$/.test(protocol) && (origin === location.origin || this.#host.rules.origins.includes(origin))
  }
}

function need(done: boolean): void {
  if (!done) throw new Refusal("unsupported")
}

/** After the answer has gone out. */
function later(work: () => void): void {
  setTimeout(work, 50)
}
