import { closest, deepest, type Spot, spotOn, viewOf, within } from "./place"

export type Modifier = "alt" | "ctrl" | "meta" | "shift"

export interface Press {
  button: number
  count: number
  modifiers: readonly Modifier[]
  /** Whether the press may take the focus from where it is. */
  focus: boolean
}

/** The id of the mouse: pages may capture the pointer while they handle our events. */
const MOUSE = 1
const STEPS = 8
const STEP_MS = 16

export function keysHeld(modifiers: readonly Modifier[]): EventModifierInit {
  return {
    altKey: modifiers.includes("alt"),
    ctrlKey: modifiers.includes("ctrl"),
    metaKey: modifiers.includes("meta"),
    shiftKey: modifiers.includes("shift"),
  }
}

/** The element that a person would hit there: `element` or what is in it; null when something else is before it. */
export function target(element: Element, spot: Spot, ours: readonly Element[]): Element | null {
  const hit = deepest(element.ownerDocument, spot, ours)
  if (!hit || within(hit, element)) return hit ?? element
  // A label and its like: the press goes to what it stands on.
  return within(element, hit) ? element : null
}

function mouse(on: Element, type: string, spot: Spot, more: MouseEventInit = {}): boolean {
  const view = viewOf(on)
  const init: PointerEventInit = {
    bubbles: !/enter$|leave$/.test(type),
    cancelable: !/enter$|leave$/.test(type),
    composed: true,
    view,
    clientX: spot.x,
    clientY: spot.y,
    screenX: view.screenX + spot.x,
    screenY: view.screenY + spot.y,
    ...more,
  }
  // Clicks are pointer events as well: Pointer Events 3.
  const pointer = type.startsWith("pointer") || type === "click" || type === "auxclick" || type === "contextmenu"
  const made = pointer
    ? new view.PointerEvent(type, { pointerId: MOUSE, pointerType: "mouse", isPrimary: true, ...init })
    : new view.MouseEvent(type, init)
  return on.dispatchEvent(made)
}

let over: Element | null = null

export function hover(on: Element, spot: Spot): void {
  if (over !== on) {
    if (over?.isConnected)
      for (const type of ["pointerout", "mouseout", "pointerleave", "mouseleave"])
        mouse(over, type, spot, { relatedTarget: on })
    for (const type of ["pointerover", "mouseover", "pointerenter", "mouseenter"])
      mouse(on, type, spot, { relatedTarget: over })
    over = on
  }
  mouse(on, "pointermove", spot)
  mouse(on, "mousemove", spot)
}

/**
 * Press and release; `count`: which click of a row it is. What the browser does on a click (links, buttons, boxes,
 * labels) follows by itself.
 */
export function press(on: Element, spot: Spot, { button, count, modifiers, focus }: Press): void {
  hover(on, spot)
  const keys = keysHeld(modifiers)
  const down = { ...keys, button, buttons: [1, 4, 2][button], detail: count }
  mouse(on, "pointerdown", spot, { ...down, detail: 0 })
  if (mouse(on, "mousedown", spot, down) && focus) focusAt(on)
  const up = { ...keys, button, buttons: 0, detail: count }
  mouse(on, "pointerup", spot, { ...up, detail: 0 })
  mouse(on, "mouseup", spot, up)
  if (!on.isConnected) return
  mouse(on, ["click", "auxclick", "contextmenu"][button] ?? "click", spot, up)
  if (count === 2 && button === 0 && on.isConnected) mouse(on, "dblclick", spot, up)
}

const FOCUSABLE =
  "a[href],area[href],button:not(:disabled),input:not(:disabled),select:not(:disabled),textarea:not(:disabled)," +
  "summary,iframe,[tabindex],[contenteditable]:not([contenteditable=false])"

/** As a press does: the next thing around it that takes the focus, else nothing has it. */
export function focusAt(on: Element): void {
  const taker = closest(on, FOCUSABLE) as HTMLElement | null
  if (taker) taker.focus({ preventScroll: true })
  else (on.ownerDocument.activeElement as HTMLElement | null)?.blur()
}

/**
 * From one place to another: with drag events where the element is draggable, else by the pointer alone. False when it
 * was to end before; then nothing is dropped.
 */
export async function drag(
  from: Element,
  fromSpot: Spot,
  to: Element,
  toPlace: readonly [number, number],
  ours: readonly Element[],
  goesOn: () => boolean,
): Promise<boolean> {
  const view = viewOf(from)
  hover(from, fromSpot)
  const held = { button: 0, buttons: 1, detail: 1 }
  mouse(from, "pointerdown", fromSpot, held)
  const allowed = mouse(from, "mousedown", fromSpot, held)
  const draggable = allowed ? closest(from, "[draggable=true]") : null
  const data = draggable ? new view.DataTransfer() : null
  const dragEvent = (on: Element, type: string, spot: Spot): boolean => {
    const init = {
      bubbles: true,
      cancelable: true,
      composed: true,
      view,
      clientX: spot.x,
      clientY: spot.y,
      dataTransfer: data,
    }
    return on.dispatchEvent(new view.DragEvent(type, init))
  }
  const carried = draggable !== null && dragEvent(draggable, "dragstart", fromSpot)
  let last: Element = from
  let takes = false
  let spot = fromSpot
  for (let step = 1; step <= STEPS && goesOn(); step++) {
    await new Promise((done) => setTimeout(done, STEP_MS))
    const end = spotOn(to, toPlace[0], toPlace[1])
    spot = {
      x: fromSpot.x + ((end.x - fromSpot.x) * step) / STEPS,
      y: fromSpot.y + ((end.y - fromSpot.y) * step) / STEPS,
    }
    const on = step === STEPS ? (target(to, spot, ours) ?? to) : (deepest(from.ownerDocument, spot, ours) ?? from)
    if (carried) {
      if (draggable) dragEvent(draggable, "drag", spot)
      if (on !== last) {
        dragEvent(on, "dragenter", spot)
        dragEvent(last, "dragleave", spot)
      }
      takes = !dragEvent(on, "dragover", spot)
    } else {
      mouse(on, "pointermove", spot, { buttons: 1 })
      mouse(on, "mousemove", spot, { buttons: 1 })
    }
    last = on
  }
  if (!goesOn()) {
    if (draggable?.isConnected) dragEvent(draggable, "dragend", spot)
    else if (last.isConnected) mouse(last, "pointercancel", spot, { button: 0, buttons: 0 })
    return false
  }
  if (carried) {
    if (takes) dragEvent(last, "drop", spot)
    if (draggable?.isConnected) dragEvent(draggable, "dragend", spot)
  } else {
    mouse(last, "pointerup", spot, { button: 0, buttons: 0 })
    mouse(last, "mouseup", spot, { button: 0, buttons: 0, detail: 1 })
  }
  return true
}
