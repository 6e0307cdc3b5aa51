import type { Op } from "../page/acts"
import type { ViewMode } from "../page/port"
import type { Acts } from "./acts"
import { below } from "./acts"
import * as fields from "./fields"
import { Pace } from "./pace"
import { boxOf, pointAt, type Spot } from "./places"
import { chooseOption, closePopup, pickValue } from "./popup"
import type { Stage } from "./stage"
import type { Tools } from "./tools"
import type { Tree } from "./tree"
import { Typing } from "./typing"
import { Wheel } from "./wheel"

const HOVER_MS = 60
/** Pixels of the view: less is a click by an unsteady hand. */
const DRAG = 5
const AGAIN_MS = 500

type Hit = NonNullable<ReturnType<typeof pointAt>>

interface Press {
  hit: Hit
  spot: Spot
  client: Spot
  at: number
  button: number
  count: number
}

/**
 * What the person does over the page becomes acts. Nothing is done to the page that is shown: it changes when the
 * customer's page does.
 */
export class Input {
  readonly #stage: Stage
  readonly #tree: Tree
  readonly #acts: Acts
  readonly #tools: Tools
  readonly #typing: Typing
  readonly #wheel: Wheel
  readonly #hover: Pace<Spot>
  #mode: ViewMode
  #press: Press | null = null
  #before: Press | null = null

  constructor(stage: Stage, tree: Tree, acts: Acts, tools: Tools, mode: ViewMode, leave: () => void) {
    this.#stage = stage
    this.#tree = tree
    this.#acts = acts
    this.#tools = tools
    this.#mode = mode
    const act = (op: Op, spot: Spot) => acts.do(op, spot)
    this.#typing = new Typing(stage, tree, act, leave)
    this.#wheel = new Wheel(tree, act)
    this.#hover = new Pace(HOVER_MS, (spot) => this.#hovered(spot))
    const { shield } = stage
    shield.addEventListener("pointerdown", (event) => this.#down(event))
    shield.addEventListener("pointermove", (event) => this.#moved(event))
    shield.addEventListener("pointerup", (event) => this.#up(event))
    shield.addEventListener("pointercancel", () => this.#cancel())
    shield.addEventListener("pointerleave", () => this.#tools.left())
    // The focus stays in the field that takes the keys; the middle button does not scroll.
    shield.addEventListener("mousedown", (event) => event.preventDefault())
    shield.addEventListener("contextmenu", (event) => {
      if (this.#acting || this.#pointing) event.preventDefault()
    })
    shield.addEventListener("wheel", (event) => this.#turned(event), { passive: false })
  }

  mode(mode: ViewMode): void {
    this.#mode = mode
    this.#tools.mode(mode)
    this.#typing.allow(mode.control, mode.customer.name)
    if (!mode.control) closePopup()
    if (!this.#acting) this.#hover.drop()
  }

  /** What has the focus on the customer's page. */
  focused(node: number): void {
    this.#typing.focused(node)
  }

  /** Another page. */
  clear(): void {
    closePopup()
    this.#cancel()
    this.#before = null
    this.#typing.clear()
    this.#wheel.clear()
    this.#tools.clear()
    this.#acts.clear()
  }

  get #acting(): boolean {
    return this.#mode.control && this.#mode.tool === "none"
  }

  get #pointing(): boolean {
    return this.#mode.tool !== "none"
  }

  #down(event: PointerEvent): void {
    const spot = this.#stage.spot(event)
    if (this.#pointing) {
      if (event.button !== 0) return
      this.#stage.shield.setPointerCapture(event.pointerId)
      this.#tools.down(spot)
      return
    }
    if (!this.#acting) return
    const hit = pointAt(this.#tree, spot)
    if (!hit || event.button > 2) return
    this.#stage.shield.setPointerCapture(event.pointerId)
    const client = { x: event.clientX, y: event.clientY }
    const again = this.#isAgain(event) ? (this.#before?.count ?? 0) : 0
    this.#press = { hit, spot, client, at: event.timeStamp, button: event.button, count: Math.min(3, again + 1) }
    const focus = fields.focusOf(hit.element)
    this.#typing.aim((focus && this.#tree.idOf(focus)) || hit.point[0], spot)
    this.#typing.focus()
  }

  #isAgain(event: PointerEvent): boolean {
    const before = this.#before
    if (before?.button !== event.button || event.timeStamp - before.at > AGAIN_MS) return false
    return Math.hypot(event.clientX - before.client.x, event.clientY - before.client.y) < DRAG
  }

  #moved(event: PointerEvent): void {
    const spot = this.#stage.spot(event)
    if (this.#pointing) this.#tools.move(spot)
    else if (this.#acting && !this.#press) this.#hover.call(spot)
  }

  #hovered(spot: Spot): void {
    const hit = this.#acting ? pointAt(this.#tree, spot) : null
    if (!hit) return
    const [node, x, y] = hit.point
    this.#acts.do({ op: "hover", node, x, y }, spot)
  }

  #up(event: PointerEvent): void {
    this.#tools.up()
    const press = this.#press
    this.#press = null
    if (!press || !this.#acting || event.button !== press.button) return
    this.#hover.drop()
    const far = Math.hypot(event.clientX - press.client.x, event.clientY - press.client.y) >= DRAG
    if (fields.isRange(press.hit.element) && press.button === 0) this.#slide(press, this.#stage.spot(event))
    else if (far && press.button === 0) this.#drag(press, this.#stage.spot(event))
    else {
      this.#before = press
      this.#click(press, event)
    }
  }

  #cancel(): void {
    this.#press = null
    this.#hover.drop()
    this.#tools.up()
  }

  #slide({ hit }: Press, spot: Spot): void {
    const box = boxOf(hit.element)
    if (!box || box.width === 0) return
    const value = fields.valueAt(hit.element as HTMLInputElement, (spot.x - box.x) / box.width)
    this.#acts.do({ op: "value", node: hit.point[0], value }, spot)
  }

  #drag({ hit }: Press, spot: Spot): void {
    const end = pointAt(this.#tree, spot)
    if (!end) return
    const [node, x, y] = hit.point
    const [to, to_x, to_y] = end.point
    this.#acts.do({ op: "drag", node, x, y, to, to_x, to_y }, spot)
  }

  #click(press: Press, event: PointerEvent): void {
    const { hit, spot, button, count } = press
    const [node, x, y] = hit.point
    if (button === 0 && this.#chosen(press, event)) return
    const modifiers = fields.modifiersOf(event)
    this.#acts.do({ op: "click", node, x, y, button, count, modifiers }, spot)
  }

  /** Fields that are no matter of a click alone. */
  #chosen({ hit, spot }: Press, event: PointerEvent): boolean {
    const { element } = hit
    const select = fields.closest(element, "select") as HTMLSelectElement | null
    const option = fields.closest(element, "option") as HTMLOptionElement | null
    if (select && fields.isDropdown(select)) {
      this.#pop(select, (place, node) =>
        chooseOption(select, place, (index) => {
          if (index !== null) this.#acts.do({ op: "select", node, options: [index] }, spot)
          this.#typing.focus()
        }),
      )
      return true
    }
    if (select && option) {
      const options = fields.picked(select, option.index, event.ctrlKey || event.metaKey)
      this.#acts.do({ op: "select", node: this.#tree.idOf(select), options }, spot)
      return true
    }
    if (!fields.isPicked(element)) return false
    this.#pop(element, (place, node) =>
      pickValue(element, place, (value) => {
        if (value !== null) this.#acts.do({ op: "value", node, value }, spot)
        this.#typing.focus()
      }),
    )
    return true
  }

  #pop(element: Element, show: (place: { left: number; top: number }, node: number) => void): void {
    const box = boxOf(element)
    const node = this.#tree.idOf(element)
    if (box && node > 0) show(below(this.#stage, box), node)
  }

  #turned(event: WheelEvent): void {
    if (!this.#mode.control || event.ctrlKey) return
    event.preventDefault()
    this.#wheel.turn(event, this.#stage.spot(event))
  }
}
