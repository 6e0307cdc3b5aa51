import { useEffect } from "react"
import { useAdminState } from "./model"
import { useSitesState } from "./sites/model"

/** Ctrl+S (or the Mac's own) does `act` while there is one. */
export function useSaveKey(act: (() => void) | null): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      // The browser's own "save page" is never meant here.
      event.preventDefault()
      if (!event.repeat) act?.()
    }
    addEventListener("keydown", pressed)
    return () => removeEventListener("keydown", pressed)
  }, [act])
}

/** The browser asks before a page with unsaved changes is left. */
export function useUnsavedWarning(): void {
  const items = useAdminState((state) => Object.keys(state.drafts).length > 0)
  const sites = useSitesState((state) => Object.keys(state.drafts).length > 0)
  const unsaved = items || sites
  useEffect(() => {
    if (!unsaved) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener("beforeunload", ask)
    return () => removeEventListener("beforeunload", ask)
  }, [unsaved])
}

/** Up and down move between the links of a list. */
export function moveInList(event: React.KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("a[href]")]
  const at = links.indexOf(document.activeElement as HTMLAnchorElement)
  const next = links[at + step]
  if (at < 0 || !next) return
  event.preventDefault()
  next.focus()
}
