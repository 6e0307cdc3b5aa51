import {
  choose,
  command,
  commit,
  edit,
  editable,
  type Field,
  insert,
  isTextual,
  NO_VALUE,
  selectable,
  setNative,
  setValue,
  submits,
} from "./fields"
import { closest, isHtml, viewOf } from "./place"
import { focusAt, keysHeld, type Modifier } from "./pointing"

const CODES: Readonly<Record<string, string>> = {
  " ": "Space",
  Enter: "Enter",
  Tab: "Tab",
  Escape: "Escape",
  Backspace: "Backspace",
  Delete: "Delete",
}

function codeOf(key: string): string {
  if (/^[a-z]$/i.test(key)) return `Key${key.toUpperCase()}`
  if (/^\d$/.test(key)) return `Digit${key}`
  return CODES[key] ?? key
}

/**
 * A key goes down and up, with what the browser would do; that the page may prevent. False when it could not be done.
 * `take`: the focus may be taken.
 */
export function key(element: Element, name: string, modifiers: readonly Modifier[], take: boolean): boolean {
  const view = viewOf(element)
  const init = {
    key: name,
    code: codeOf(name),
    bubbles: true,
    cancelable: true,
    composed: true,
    view,
    ...keysHeld(modifiers),
  }
  const goesOn = element.dispatchEvent(new view.KeyboardEvent("keydown", init))
  const done = !(goesOn && element.isConnected) || act(element, name, modifiers, take)
  if (element.isConnected) element.dispatchEvent(new view.KeyboardEvent("keyup", init))
  return done
}

function act(element: Element, name: string, modifiers: readonly Modifier[], take: boolean): boolean {
  const place = editable(element)
  if (modifiers.some((one) => one !== "shift")) {
    if (name.toLowerCase() === "a" && isTextual(element)) element.select()
    return true
  }
  if (name.length === 1 && (isTextual(element) || place)) return insert(element, name, take)
  if (place && name in EDITS) return command(place, EDITS[name] as string, take)
  if (name === "Enter") enter(element, take)
  else if (name === " ") pressed(element)
  else if (name === "Backspace" || name === "Delete") erase(element, name === "Delete")
  else if (name === "Escape") cancel(element)
  else if (name !== "Tab") travel(element, name, modifiers.includes("shift"))
  else if (take) next(element, modifiers.includes("shift"))
  return true
}

const EDITS: Readonly<Record<string, string>> = {
  Enter: "insertParagraph",
  Backspace: "delete",
  Delete: "forwardDelete",
}

function pressed(element: Element): void {
  const box = isHtml(element, "input") && NO_VALUE.has((element as HTMLInputElement).type)
  if (box || isHtml(element, "button", "summary")) (element as HTMLElement).click()
}

function enter(element: Element, take: boolean): void {
  if (isHtml(element, "textarea")) insert(element, "\n", take)
  else if (isHtml(element, "button", "summary", "a")) (element as HTMLElement).click()
  else {
    const sent = submits(element)
    commit()
    if (sent && isHtml(sent, "form")) (sent as HTMLFormElement).requestSubmit()
    else sent?.click()
  }
}

function erase(element: Element, forward: boolean): void {
  if (!isTextual(element)) return
  edit(element, forward ? "deleteContentForward" : "deleteContentBackward", null, (from, to) => {
    if (from !== to) return [from, to, ""]
    return forward ? [from, from + 1, ""] : [Math.max(0, from - 1), from, ""]
  })
}

function cancel(element: Element): void {
  const dialog = closest(element, "dialog[open]") as HTMLDialogElement | null
  if (dialog?.dispatchEvent(new (viewOf(dialog).Event)("cancel", { cancelable: true }))) dialog.close()
}

function next(element: Element, back: boolean): void {
  const all = [
    ...element.ownerDocument.querySelectorAll<HTMLElement>(
      "a[href],button,input,select,textarea,summary,[tabindex],[contenteditable]",
    ),
  ]
  const stops = all.filter((one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.getClientRects().length > 0)
  const at = stops.indexOf(element as HTMLElement)
  const to = stops[(at + (back ? -1 : 1) + stops.length) % stops.length]
  commit()
  if (to) focusAt(to)
}

const LINES = 40

function travel(element: Element, name: string, extend: boolean): void {
  if (isTextual(element)) caret(element, name, extend)
  else if (isHtml(element, "select")) turn(element as HTMLSelectElement, name)
  else if (isHtml(element, "input") && (element as HTMLInputElement).type === "range")
    slide(element as HTMLInputElement, name)
  else if (!editable(element)) {
    const view = viewOf(element)
    const page = view.innerHeight * 0.9
    const far = { PageDown: page, PageUp: -page, ArrowDown: LINES, ArrowUp: -LINES, Home: -1e7, End: 1e7 }[name]
    if (far !== undefined) view.scrollBy({ top: far, behavior: "instant" })
  }
}

function turn(select: HTMLSelectElement, name: string): void {
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }[name]
  const last = select.options.length - 1
  const to = name === "Home" ? 0 : name === "End" ? last : step ? select.selectedIndex + step : -1
  if (to >= 0 && to <= last) choose(select, [to])
}

function slide(range: HTMLInputElement, name: string): void {
  const before = range.value
  if (name === "ArrowUp" || name === "ArrowRight") range.stepUp()
  else if (name === "ArrowDown" || name === "ArrowLeft") range.stepDown()
  const after = range.value
  // Back, and then as a value that was put, so that the page hears of it.
  setNative(range, "value", before)
  if (after !== before) setValue(range, after, false)
}

function caret(field: Field, name: string, extend: boolean): void {
  if (!selectable(field)) return
  const start = field.selectionStart ?? 0
  const end = field.selectionEnd ?? 0
  const backward = field.selectionDirection === "backward"
  const moving = backward ? start : end
  const anchor = backward ? end : start
  const to = {
    ArrowLeft: moving - 1,
    ArrowRight: moving + 1,
    Home: 0,
    End: field.value.length,
    ArrowUp: 0,
    ArrowDown: field.value.length,
  }[name]
  if (to === undefined) return
  const at = Math.min(Math.max(to, 0), field.value.length)
  if (extend) field.setSelectionRange(Math.min(anchor, at), Math.max(anchor, at), at < anchor ? "backward" : "forward")
  else field.setSelectionRange(at, at)
}
