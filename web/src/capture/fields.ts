import { closest, focused, isHtml, viewOf } from "./place"
import { press } from "./pointing"

export type Field = HTMLInputElement | HTMLTextAreaElement

/** Types of input that hold text which can be selected. */
const SELECTABLE = new Set(["text", "search", "url", "tel", "password", ""])
const TEXTUAL = new Set([...SELECTABLE, "email", "number"])
export const NO_VALUE = new Set(["checkbox", "radio", "file", "button", "submit", "reset", "image"])

export function isField(element: Element): element is Field {
  if (isHtml(element, "textarea")) return true
  return isHtml(element, "input") && !NO_VALUE.has((element as HTMLInputElement).type)
}

export function isTextual(element: Element): element is Field {
  return isHtml(element, "textarea") || (isHtml(element, "input") && TEXTUAL.has((element as HTMLInputElement).type))
}

export function editable(element: Element): HTMLElement | null {
  return (element as Partial<HTMLElement>).isContentEditable
    ? (closest(element, "[contenteditable]:not([contenteditable=false])") as HTMLElement | null)
    : null
}

export function isOff(element: Element): boolean {
  if (element.matches(":disabled")) return true
  return isField(element) && element.readOnly
}

/** What was typed and not yet told by `change`, as a browser does when the focus goes. */
let uncommitted: Field | null = null

export function commit(unless: Element | null = null): void {
  const field = uncommitted
  if (!field || field === unless) return
  uncommitted = null
  if (field.isConnected) field.dispatchEvent(new (viewOf(field).Event)("change", { bubbles: true }))
}

/** The setter of the element's own class: frameworks replace the one of the element to hear of changes. */
export function setNative(element: Element, property: "value" | "checked" | "selectedIndex", value: unknown): void {
  const view = viewOf(element)
  const kind = isHtml(element, "textarea")
    ? view.HTMLTextAreaElement
    : isHtml(element, "select")
      ? view.HTMLSelectElement
      : view.HTMLInputElement
  Object.getOwnPropertyDescriptor(kind.prototype, property)?.set?.call(element, value)
}

export function tell(element: Element, type: "input" | "beforeinput", inputType: string, data: string | null): boolean {
  const view = viewOf(element)
  const init = { bubbles: true, composed: true, cancelable: type === "beforeinput", inputType, data }
  return element.dispatchEvent(new view.InputEvent(type, init))
}

/** Put the whole value; false where the field does not take it. `take`: the focus may be taken. */
export function setValue(element: Element, value: string, take: boolean): boolean {
  const place = editable(element)
  if (place) {
    if (!hold(place, take)) return false
    selectAll(place)
    return value === "" ? command(place, "delete", take) : command(place, "insertText", take, value)
  }
  if (!isField(element)) return false
  commit(element)
  setNative(element, "value", limited(element, value, 0))
  tell(element, "input", "insertReplacementText", null)
  element.dispatchEvent(new (viewOf(element).Event)("change", { bubbles: true }))
  uncommitted = null
  return value === "" || element.value !== ""
}

/** Type at the caret. `take`: the focus may be taken. */
export function insert(element: Element, text: string, take: boolean): boolean {
  const place = editable(element)
  if (place) return command(place, "insertText", take, text)
  if (!isTextual(element)) return false
  if (take && focused(element.ownerDocument) !== element) element.focus({ preventScroll: true })
  const line = isHtml(element, "input") ? text.replace(/[\r\n]+/g, " ") : text
  return edit(element, "insertText", line, (from, to) => [
    from,
    to,
    limited(element, line, element.value.length - (to - from)),
  ])
}

type Change = [from: number, to: number, text: string]

/** One change of a field's text, with the events of one that was typed. */
export function edit(
  field: Field,
  inputType: string,
  data: string | null,
  change: (from: number, to: number) => Change,
): boolean {
  commit(field)
  if (!tell(field, "beforeinput", inputType, data)) return true
  const old = field.value
  const caret = selectable(field)
  const [from, to, text] = change(
    caret ? (field.selectionStart ?? old.length) : old.length,
    caret ? (field.selectionEnd ?? old.length) : old.length,
  )
  setNative(field, "value", old.slice(0, from) + text + old.slice(to))
  if (caret) field.setSelectionRange(from + text.length, from + text.length)
  uncommitted = field
  tell(field, "input", inputType, data)
  return true
}

export function selectable(field: Field): boolean {
  return isHtml(field, "textarea") || SELECTABLE.has((field as HTMLInputElement).type)
}

/** No more than the field takes, beside the `kept` characters that stay. */
function limited(field: Field, text: string, kept: number): string {
  return field.maxLength < 0 ? text : text.slice(0, Math.max(0, field.maxLength - kept))
}

/** The browser edits where the focus is, and nowhere else: it must be here, or be allowed to come. */
function hold(place: HTMLElement, take: boolean): boolean {
  if (focused(place.ownerDocument) === place) return true
  if (take) place.focus({ preventScroll: true })
  return focused(place.ownerDocument) === place
}

/** The browser's own editing, which tells editors of it as if a person had typed. */
export function command(place: HTMLElement, name: string, take: boolean, value?: string): boolean {
  return hold(place, take) && place.ownerDocument.execCommand(name, false, value)
}

function selectAll(place: HTMLElement): void {
  const selection = viewOf(place).getSelection()
  selection?.selectAllChildren(place)
}

export function choose(element: Element, options: readonly number[]): boolean {
  if (!isHtml(element, "select")) return false
  const select = element as HTMLSelectElement
  const wanted = new Set(options)
  if (options.some((at) => at >= select.options.length || select.options[at]?.disabled)) return false
  if (!select.multiple && options.length !== 1) return false
  if (select.multiple) for (const option of select.options) option.selected = wanted.has(option.index)
  else setNative(select, "selectedIndex", options[0])
  for (const type of ["input", "change"])
    select.dispatchEvent(new (viewOf(select).Event)(type, { bubbles: true, composed: type === "input" }))
  return true
}

/** Tick or untick; by a click, as that is what pages listen to. */
export function check(element: Element, on: boolean): boolean {
  if (!isHtml(element, "input") || !["checkbox", "radio"].includes((element as HTMLInputElement).type)) return false
  const box = element as HTMLInputElement
  if (box.checked === on) return true
  if (box.type === "radio" && !on) return false
  const { left, top, width, height } = box.getBoundingClientRect()
  press(box, { x: left + width / 2, y: top + height / 2 }, { button: 0, count: 1, modifiers: [], focus: false })
  return true
}

/** The button that Enter in this field presses, else its form; null where Enter submits nothing. */
export function submits(element: Element): HTMLElement | null {
  if (!isHtml(element, "input")) return null
  const { form } = element as HTMLInputElement
  if (!form) return null
  const buttons = [...form.elements].filter(
    (one) => isHtml(one, "button", "input") && /^(submit|image)$/.test((one as HTMLButtonElement).type),
  )
  const first = buttons[0] as HTMLElement | undefined
  if (first) return first
  const fields = [...form.elements].filter((one) => isHtml(one, "input") && isField(one))
  return fields.length <= 1 ? form : null
}
