/** Small windows of our own beside fields whose own ones a page without scripts and focus cannot open. */
import { t } from "./text"

export interface Place {
  left: number
  top: number
}

let open: (() => void) | null = null

/** None is open any more. */
export function closePopup(): void {
  open?.()
}

function show(element: HTMLElement, place: Place, closed: () => void): () => void {
  closePopup()
  element.classList.add("popup")
  document.body.append(element)
  const { width, height } = element.getBoundingClientRect()
  element.style.left = `${Math.max(4, Math.min(place.left, innerWidth - width - 4))}px`
  element.style.top = `${Math.max(4, Math.min(place.top, innerHeight - height - 4))}px`
  const close = (): void => {
    if (open !== close) return
    open = null
    removeEventListener("pointerdown", outside, true)
    element.remove()
    closed()
  }
  const outside = (event: PointerEvent): void => {
    if (!element.contains(event.target as Node)) close()
  }
  addEventListener("pointerdown", outside, true)
  element.addEventListener("keydown", (event) => {
    event.stopPropagation()
    if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Tab" && element.localName !== "div") return
      event.preventDefault()
      close()
    }
  })
  open = close
  return close
}

/** The options of a `select`; what is chosen comes back as its index. */
export function chooseOption(select: HTMLSelectElement, place: Place, done: (index: number | null) => void): void {
  const list = document.createElement("div")
  list.setAttribute("role", "listbox")
  list.setAttribute("aria-label", t("choose"))
  list.tabIndex = 0
  let chosen: number | null = null
  let group: Element | null = null
  const rows = [...select.options].map((option, index) => {
    const parent = option.parentElement
    if (parent !== group && parent?.localName === "optgroup") list.append(headOf(parent as HTMLOptGroupElement))
    group = parent
    const row = rowOf(option, index === select.selectedIndex)
    row.id = `option-${index}`
    row.addEventListener("click", () => take(index))
    list.append(row)
    return row
  })
  const close = show(list, place, () => done(chosen))
  const take = (index: number): void => {
    if (rows[index]?.ariaDisabled === "true") return
    chosen = index
    close()
  }
  let at = Math.max(0, select.selectedIndex)
  const move = (to: number): void => {
    rows[at]?.removeAttribute("data-active")
    at = Math.max(0, Math.min(rows.length - 1, to))
    rows[at]?.setAttribute("data-active", "")
    rows[at]?.scrollIntoView({ block: "nearest" })
    list.setAttribute("aria-activedescendant", `option-${at}`)
  }
  list.addEventListener("keydown", (event) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (to !== undefined) move(to)
    else if (event.key === "Enter" || event.key === " ") take(at)
    else if (event.key.length === 1) move(starting(rows, at, event.key))
    else return
    event.preventDefault()
  })
  move(at)
  list.focus()
}

function starting(rows: readonly HTMLElement[], at: number, key: string): number {
  const from = at + 1
  const found = [...rows.slice(from), ...rows.slice(0, from)].findIndex((row) =>
    row.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()),
  )
  return found < 0 ? at : (from + found) % rows.length
}

function headOf(group: HTMLOptGroupElement): HTMLElement {
  const head = document.createElement("div")
  head.setAttribute("role", "presentation")
  head.textContent = group.label
  return head
}

function rowOf(option: HTMLOptionElement, chosen: boolean): HTMLElement {
  const row = document.createElement("div")
  row.setAttribute("role", "option")
  row.setAttribute("aria-selected", String(chosen))
  const group = option.parentElement
  const off = option.disabled || (group?.localName === "optgroup" && (group as HTMLOptGroupElement).disabled)
  if (off) row.setAttribute("aria-disabled", "true")
  row.textContent = option.label || option.text || "\u00a0"
  return row
}

/** A date, time or colour, in a field of our own of the same kind. */
export function pickValue(field: HTMLInputElement, place: Place, done: (value: string | null) => void): void {
  const form = document.createElement("form")
  const input = document.createElement("input")
  input.type = field.type
  for (const name of ["min", "max", "step"] as const) if (field[name]) input[name] = field[name]
  input.value = field.value
  input.setAttribute("aria-label", t("choose"))
  const button = (type: "submit" | "button", text: string): HTMLButtonElement => {
    const made = document.createElement("button")
    made.type = type
    made.textContent = text
    return made
  }
  const cancel = button("button", t("cancel"))
  form.append(input, button("submit", t("set")), cancel)
  let value: string | null = null
  const close = show(form, place, () => done(value))
  cancel.addEventListener("click", close)
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    value = input.value
    close()
  })
  input.focus()
}
