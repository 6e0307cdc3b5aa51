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
/** What is done to an element. */
type Deed = Exclude<Op, On<"go"> | On<"scroll">>

interface Aim {
  on: Element
  spot: Spot
  /** Where a drag ends. */
  to: Element | null
}

/** Acts that wait while the customer is asked, or while one takes its time. */
const MOST_WAITING = 30
const XLINK = "http://www.w3.org/1999/xlink"
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
  /** A way that begins when the answer has gone out. */
  #leaving: ReturnType<typeof setTimeout> | undefined

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
    clearTimeout(this.#leaving)
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
    let aim = this.#aim(op)
    this.#check(op, aim)
    const asked = this.#risky(op, aim)
    if (asked) {
      tell("asking", null)
      const answer = await this.#question.ask(by.name, this.#masker.forbids(asked) ? "" : nameOf(asked))
      if (answer !== "yes")
        throw new Refusal(era === this.#era ? (answer === "no" ? "declined" : "unanswered") : "no_consent")
      // Meanwhile everything may have changed.
      this.#allow(epoch, by, era)
      const before = aim
      aim = this.#aim(op)
      if (aim.on !== before.on || aim.to !== before.to) throw new Refusal("gone")
      this.#check(op, aim)
    }
    await this.#perform(op, aim, () => era === this.#era && this.#host.controllers().includes(by.id))
  }

  /** What the events of the act will be on: what is hit, where it is a place that was named. */
  #aim(op: Deed): Aim {
    const element = this.#reach(op.node)
    if (op.op !== "click" && op.op !== "hover" && op.op !== "drag")
      return { on: element, spot: { x: 0, y: 0 }, to: null }
    const [on, spot] = this.#hit(element, op)
    if (op.op !== "drag") return { on, spot, to: null }
    return { on, spot, to: this.#hit(this.#reach(op.to), { x: op.to_x, y: op.to_y })[0] }
  }

  /** Throws a `Refusal` for what may not be done there. */
  #check(op: Deed, { on, to }: Aim): void {
    for (const one of to ? [on, to] : [on]) {
      if (this.#masker.forbids(one)) throw new Refusal("masked")
    }
    if (op.op === "hover") return
    const writes = op.op === "value" || op.op === "insert"
    const moves = op.op === "key" && op.key.length > 1 && isField(on)
    if (isOff(on) && !moves && !(op.op === "click" && isField(on))) throw new Refusal("disabled")
    if (writes && !isField(on) && !editable(on)) throw new Refusal("unsupported")
    if (op.op === "click" || op.op === "drag" || (op.op === "key" && /^(Enter| )$/.test(op.key))) this.#activates(on)
  }

  /** What a press there sets off: a link, a label's field, the choice of a file. */
  #activates(on: Element): void {
    const label = closest(on, "label") as HTMLLabelElement | null
    for (const one of label?.control ? [on, label.control] : [on]) {
      if (this.#masker.forbids(one)) throw new Refusal("masked")
      if (isFile(one)) throw new Refusal("unsupported")
    }
    this.#leads(on)
  }

  #risky(op: Deed, { on, to }: Aim): Element | null {
    if (op.op === "hover") return null
    const by = op.op === "key" ? (op.key === "Enter" ? "enter" : op.key === " " ? "press" : "none") : "press"
    return this.#risk.of(on, by) ?? (to ? this.#risk.of(to, "press") : null)
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

  async #perform(op: Deed, { on, spot, to }: Aim, goesOn: () => boolean): Promise<void> {
    const take = this.#mayTake(on)
    switch (op.op) {
      case "hover":
        return hover(on, spot)
      case "click":
        commit(on)
        return press(on, spot, {
          button: op.button ?? 0,
          count: op.count ?? 1,
          modifiers: op.modifiers ?? [],
          focus: take,
        })
      case "drag":
        if (!(await drag(on, spot, to ?? on, [op.to_x, op.to_y], this.#ours, goesOn))) throw new Refusal("no_consent")
        return
      case "check":
        return need(check(on, op.on))
      case "select":
        return need(choose(on, op.options))
      case "value":
        return need(setValue(on, op.value, take))
      case "insert":
        return need(insert(on, op.text, take))
      case "key":
        return need(key(on, op.key, op.modifiers ?? [], take))
    }
  }

  /** A link that leads away from the company's pages, or into a new tab, which needs a person's own click. */
  #leads(on: Element): void {
    const link = closest(on, "a[href],area[href],a[*|href]")
    const href = link?.getAttribute("href") ?? link?.getAttributeNS(XLINK, "href") ?? null
    if (!link || href === null || !URL.canParse(href, link.baseURI)) return
    const { protocol, href: full } = new URL(href, link.baseURI)
    if (!/^https?:$/.test(protocol)) return
    if (!this.#ofSite(full)) throw new Refusal("off_site")
    const target = link.getAttribute("target")
    if (target && !/^_(self|top|parent)$/i.test(target) && !link.hasAttribute("download"))
      throw new Refusal("unsupported")
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
    if (way === "reload") this.#leave(() => location.reload())
    else if (way === "address") {
      if (!this.#ofSite(to ?? "")) throw new Refusal("off_site")
      this.#leave(() => location.assign(new URL(to ?? "", location.href)))
    } else {
      // Only what is of this origin is told of here: the step before may lead away from the company's pages.
      const known = (globalThis as { navigation?: { canGoBack: boolean; canGoForward: boolean } }).navigation
      if (known && !(way === "back" ? known.canGoBack : known.canGoForward)) throw new Refusal("off_site")
      this.#leave(() => (way === "back" ? history.back() : history.forward()))
    }
  }

  /** After the answer has gone out, unless it is stopped meanwhile. */
  #leave(go: () => void): void {
    this.#leaving = setTimeout(go, 50)
  }

  #ofSite(address: string): boolean {
    if (!URL.canParse(address, location.href)) return false
    const { origin, protocol } = new URL(address, location.href)
    return /^https?:$/.test(protocol) && (origin === location.origin || this.#host.rules.origins.includes(origin))
  }
}

function isFile(element: Element): boolean {
  return isHtml(element, "input") && (element as HTMLInputElement).type === "file"
}

function need(done: boolean): void {
  if (!done) throw new Refusal("unsupported")
}
