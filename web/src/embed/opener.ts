/** Name of the session window, so that a second click finds the first one. */
const NAME = "deskside-session"
const FEATURES = "popup,width=480,height=760"

export type Opened = "opened" | "focused" | "blocked" | "elsewhere"

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
