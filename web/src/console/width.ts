import { createContext, useContext, useSyncExternalStore } from "react"

/** wide: three columns. middle: the right column becomes tabs of the stage. phone: list and session as two screens. */
export type Width = "wide" | "middle" | "phone"

const MIDDLE = "(max-width: 999px)"
const PHONE = "(max-width: 640px)"

export function currentWidth(): Width {
  if (matchMedia(PHONE).matches) return "phone"
  return matchMedia(MIDDLE).matches ? "middle" : "wide"
}

function subscribe(reader: () => void): () => void {
  const queries = [matchMedia(MIDDLE), matchMedia(PHONE)]
  for (const query of queries) query.addEventListener("change", reader)
  return () => {
    for (const query of queries) query.removeEventListener("change", reader)
  }
}

export const useWidth = (): Width => useSyncExternalStore(subscribe, currentWidth)

export const WidthContext = createContext<Width>("wide")
export const useRoomWidth = (): Width => useContext(WidthContext)
