/** What of a page is a field, and how a place in it is a value. Elements are of other documents: only names count. */
import { parentOf } from "./places"

const PICKED = new Set(["date", "time", "month", "week", "datetime-local", "color"])
const NO_TEXT = new Set([
  ...PICKED,
  "checkbox",
  "radio",
  "button",
  "submit",
  "reset",
  "image",
  "file",
  "range",
  "hidden",
])
const FOCUSABLE = "a[href],button,input,select,textarea,summary,iframe,[tabindex],[contenteditable]"

export const isSelect = (element: Element): element is HTMLSelectElement => element.localName === "select"
export const isInput = (element: Element): element is HTMLInputElement => element.localName === "input"

/** The element or the nearest around it that fits, out of shadow roots too. */
export function closest(element: Element, selector: string): Element | null {
  for (let at: Element | null = element; at; at = parentOf(at)) if (at.matches(selector)) return at
  return null
}

/** What a click there would give the focus to. */
export function focusOf(element: Element): Element | null {
  const label = closest(element, "label") as HTMLLabelElement | null
  return closest(element, FOCUSABLE) ?? label?.control ?? null
}

/** Text can be typed into it. */
export function takesText(element: Element): boolean {
  if (isInput(element)) return !NO_TEXT.has(element.type)
  if (element.localName === "textarea") return true
  return closest(element, "[contenteditable]:not([contenteditable=false])") !== null
}

/** Has a value that is chosen in a small window of its own. */
export function isPicked(element: Element): element is HTMLInputElement {
  return isInput(element) && PICKED.has(element.type)
}

export function isRange(element: Element): element is HTMLInputElement {
  return isInput(element) && element.type === "range"
}

/** A dropdown; a `select` that is a list is clicked on its options. */
export function isDropdown(element: Element): element is HTMLSelectElement {
  return isSelect(element) && !element.multiple && element.size <= 1
}

/** Value of a slider at a part of its width. */
export function valueAt(range: HTMLInputElement, x: number): string {
  const number = (text: string, usual: number) => (text === "" || !Number.isFinite(Number(text)) ? usual : Number(text))
  const [min, max] = [number(range.min, 0), number(range.max, 100)]
  const step = number(range.step, 1) || 1
  const back = range.ownerDocument.defaultView?.getComputedStyle(range).direction === "rtl"
  const part = Math.max(0, Math.min(1, back ? 1 - x : x))
  const steps = Math.round(((max - min) * part) / step)
  return String(Number(Math.min(max, min + steps * step).toFixed(10)))
}

/** Options after a click on one of them in a list. */
export function picked(select: HTMLSelectElement, option: number, add: boolean): number[] {
  const now = [...select.options].flatMap((one, at) => (one.selected ? [at] : []))
  if (!select.multiple || !add) return [option]
  return now.includes(option) ? now.filter((at) => at !== option) : [...now, option].sort((a, b) => a - b)
}

export type Modifier = "alt" | "ctrl" | "meta" | "shift"

export function modifiersOf(event: MouseEvent | KeyboardEvent): Modifier[] {
  const held: [Modifier, boolean][] = [
    ["alt", event.altKey],
    ["ctrl", event.ctrlKey],
    ["meta", event.metaKey],
    ["shift", event.shiftKey],
  ]
  return held.flatMap(([name, on]) => (on ? [name] : []))
}
