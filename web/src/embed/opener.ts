import { hasWindow } from "../wire/derive"
import type { TokenStore } from "../wire/tokens"
import type { Visit } from "../wire/visit"
import type { EmbedConfig } from "./config"

/** Name of the session window, so that a second click finds the first one. */
const NAME = "deskside-session"
const FEATURES = "popup,width=480,height=760"

export type Opened = "opened" | "focused" | "blocked" | "elsewhere"

/** A link to the session window is used while it is young; later a new one is asked for. */
const LINK_MS = 60 * 60_000

interface Talker {
  readonly config: EmbedConfig
  readonly store: TokenStore
  readonly visit: Visit | null
  blocked: string | null
  windowElsewhere: boolean
}

/** In a click: the session window of this visit. Rejects when there is no link to be had. */
export async function talk(panel: Talker, anew: boolean): Promise<void> {
  const { config, store, visit } = panel
  const there = !anew && visit?.view ? hasWindow(visit.view) : false
  const kept = store.value?.window
  store.change({ window: null })
  const address = (path: string) => {
    const url = new URL(path, config.base)
    url.searchParams.set("lang", config.language)
    return url.href
  }
  const ask = async () => address(await (visit as Visit).windowLink())
  const ready = kept && Date.now() - kept.at < LINK_MS ? address(kept.path) : null
  panel.blocked = null
  panel.windowElsewhere = false
  const result = await openWindow(ready, ask, there)
  if (result === "blocked") panel.blocked = ready ?? (await ask())
  else if (result !== "opened" && ready && kept) store.change({ window: kept })
  panel.windowElsewhere = result === "elsewhere"
}

/**
 * Open the session window within a click. A window that is open already is brought to the front: loading it again
 * would cut its call. When the address has to be asked for first, the window opens empty at once and follows it.
 * `there`: the server knows of a window already; where the browser gives us a new one instead of that, it is closed.
 */
export async function openWindow(ready: string | null, ask: () => Promise<string>, there: boolean): Promise<Opened> {
  const opened = window.open("", NAME, FEATURES)
  if (!opened) return "blocked"
  if (!isFresh(opened)) {
    opened.focus()
    return "focused"
  }
  if (there) {
    opened.close()
    return "elsewhere"
  }
  try {
    opened.location.replace(ready ?? (await ask()))
  } catch (error) {
    opened.close()
    throw error
  }
  return "opened"
}

/** Just made by us: empty, and so still readable from here. */
function isFresh(opened: Window): boolean {
  try {
    return opened.location.href === "about:blank"
  } catch {
    return false
  }
}
