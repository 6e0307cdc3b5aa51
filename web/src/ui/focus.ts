import { type Child, render } from "./dom"

/** Changes the page like `render`; when the focused element went away, the focus goes to the first `data-home`. */
export function renderKeepingFocus(root: ShadowRoot, view: Child): void {
  const before = root.activeElement
  render(root, view)
  if (before && !before.isConnected && root.activeElement === null) {
    root.querySelector<HTMLElement>("dialog [data-home], [data-home]")?.focus()
  }
}

const opener = new WeakMap<Element, Element | null>()

/** For `created` of a dialog: opens it over everything and remembers where the focus was. */
export function openModal(element: HTMLElement): void {
  const root = element.getRootNode() as ShadowRoot | Document
  opener.set(element, root.activeElement)
  ;(element as HTMLDialogElement).showModal?.()
}

/** For `removed` of a dialog: gives the focus back. */
export function closeModal(element: HTMLElement): void {
  const before = opener.get(element)
  if (before instanceof HTMLElement && before.isConnected) before.focus()
}
