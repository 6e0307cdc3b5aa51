import type { More } from "../page/format"
import { BOX } from "./allow"

/** Styles that stand for something of the page, over those that it has. */
type Looks = Readonly<Record<string, string>>

const PICTURED = new Set(["img", "canvas"])

/** What an element is beside its attributes: its size where it could not be had, what stands in it, what it shows. */
export class Mores {
  #looks = new WeakMap<Element, Looks>()
  readonly #drawn = new WeakSet<Element>()
  /** Options, and whether they were said to be selected. */
  readonly #selected = new WeakMap<Element, boolean>()

  clear(): void {
    this.#looks = new WeakMap()
  }

  /** The page's own `style` was set: ours is gone from it. */
  styled(element: Element): void {
    const looks = this.#looks.get(element)
    if (looks) this.#set(element, looks)
  }

  /** Of an element before it is in its document. */
  fill(element: Element, more: More): void {
    if (more.size) this.#sized(element, more.size)
    if (more.value !== undefined) setValue(element as HTMLInputElement, more.value)
    const field = element as HTMLInputElement
    if (more.checked !== undefined && "checked" in field) field.checked = more.checked
    if (more.indeterminate !== undefined && "indeterminate" in field) field.indeterminate = more.indeterminate
    if (more.selected !== undefined && element.localName === "option") {
      this.#selected.set(element, more.selected)
      ;(element as HTMLOptionElement).selected = more.selected
    }
  }

  /**
   * While these move, a select chooses another option by itself whenever the chosen one has left. Call it before; then
   * what it answers.
   */
  moving(nodes: readonly Node[]): (() => void) | null {
    const options = new Set<HTMLOptionElement>()
    const all = () => {
      for (const node of nodes) {
        if ((node as Element).localName !== "option") continue
        options.add(node as HTMLOptionElement)
        for (const other of (node as Element).closest("select")?.options ?? []) options.add(other)
      }
    }
    all()
    if (options.size === 0) return null
    return () => {
      all()
      for (const value of [false, true]) {
        for (const option of options) if (this.#selected.get(option) === value) option.selected = value
      }
    }
  }

  /** A picture of what is on a canvas; null: not there yet. */
  draw(element: Element, address: string | null): void {
    if (address === null || element.localName !== "canvas") return
    this.#drawn.add(element)
    this.#set(element, { content: `url("${address}")` })
  }

  /** Opened above all, or closed again. */
  top(element: Element, top: NonNullable<More["top"]>): void {
    if (!element.isConnected) return
    const active = document.activeElement as HTMLElement | null
    try {
      if (top === "modal") modal(element as HTMLDialogElement)
      else if (element.localName === "dialog" && element.matches(":modal")) {
        const open = element.hasAttribute("open")
        ;(element as HTMLDialogElement).close()
        element.toggleAttribute("open", open)
      }
      if ((element as HTMLElement).popover) (element as HTMLElement).togglePopover(top === "popover")
    } catch {
      // Not such an element, or not now: it is shown where it stands.
    }
    if (active && active !== document.activeElement) active.focus({ preventScroll: true })
  }

  #sized(element: Element, [width, height]: readonly [number, number]): void {
    const kind = element.localName
    if (PICTURED.has(kind)) {
      if (kind === "canvas" && this.#drawn.has(element)) return
      const blank = blankOf(width, height)
      if (kind === "canvas") this.#set(element, { content: `url("${blank}")` })
      else if (!element.getAttribute("src")) element.setAttribute("src", blank)
    } else if (kind === "video") {
      if (!element.hasAttribute("poster")) element.setAttribute("poster", blankOf(width, height))
    } else {
      const box: Record<string, string> = { width: `${width}px`, height: `${height}px`, "box-sizing": "border-box" }
      if (kind !== BOX) box["min-width"] = box.width as string
      this.#set(element, box)
    }
  }

  #set(element: Element, looks: Looks): void {
    this.#looks.set(element, looks)
    const { style } = element as HTMLElement
    for (const [name, value] of Object.entries(looks)) style?.setProperty(name, value, "important")
  }
}

/** A picture of this size with nothing on it. */
function blankOf(width: number, height: number): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${Number(width)}" height="${Number(height)}"/>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

function setValue(field: HTMLInputElement, value: string): void {
  const kind = field.localName
  if (kind === "textarea") field.value = value
  else if (kind === "input" && field.type !== "file") field.value = value
}

function modal(dialog: HTMLDialogElement): void {
  if (dialog.matches(":modal")) return
  dialog.removeAttribute("open")
  dialog.showModal()
}
