import { useSyncExternalStore } from "react"

const subscribe = (told: () => void) => {
  document.addEventListener("fullscreenchange", told)
  return () => document.removeEventListener("fullscreenchange", told)
}

/** Where lists open so that they are seen: in full screen nothing else is. */
export function useLayer(): { target: HTMLElement } | undefined {
  const element = useSyncExternalStore(subscribe, () => document.fullscreenElement)
  return element instanceof HTMLElement ? { target: element } : undefined
}
