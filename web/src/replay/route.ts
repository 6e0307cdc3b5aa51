import { useSyncExternalStore } from "react"

/** Pages of the auditor. `at` is where a replay begins, in seconds. */
export type Route =
  | { page: "list" }
  | { page: "detail"; session: string }
  | { page: "replay"; session: string; at: number | null }
  | { page: "unknown" }

const BASE = "/audit"

export function parse(path: string, search = ""): Route {
  const rest = path.replace(/\/+$/, "")
  if (rest === BASE) return { page: "list" }
  const match = /^\/audit\/([A-Za-z0-9_-]{1,64})(\/replay)?$/.exec(rest)
  const session = match?.[1]
  if (!session) return { page: "unknown" }
  if (!match[2]) return { page: "detail", session }
  const at = Number.parseFloat(new URLSearchParams(search).get("t") ?? "")
  return { page: "replay", session, at: Number.isFinite(at) ? at : null }
}

/** The list as it was last looked at, so that going up keeps the search. */
let lastSearch = ""

export const paths = {
  list: () => BASE + lastSearch,
  detail: (session: string) => `${BASE}/${session}`,
  replay: (session: string, at?: number) => `${BASE}/${session}/replay${at === undefined ? "" : `?t=${at.toFixed(1)}`}`,
}

const MOVED = "deskside:moved"

export function go(path: string): void {
  history.pushState(null, "", path)
  dispatchEvent(new Event(MOVED))
}

/** The search of the list stands in the address without a new entry in the history for each letter. */
export function keepSearch(search: string): void {
  lastSearch = search
  if (parse(location.pathname).page === "list") history.replaceState(history.state, "", BASE + search)
}

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener)
  addEventListener(MOVED, listener)
  return () => {
    removeEventListener("popstate", listener)
    removeEventListener(MOVED, listener)
  }
}

/** The page that the address asks for; follows the browser's Back. */
export function useRoute(): Route {
  const path = useSyncExternalStore(subscribe, () => location.pathname)
  return parse(path, location.search)
}
