import { oneLine } from "../page/text"
import type { Masker } from "./parts"

const KEY = "deskside:tab"
const LOOK_MS = 1000
/** As long as the server takes them. */
const MOST_TITLE = 200
const MOST_ADDRESS = 1000

/** The tab's own number: the same after a reload and on the next page of the site. */
export class Tab {
  #id: string

  constructor() {
    const kept = read()
    this.#id = kept && /^[\w-]{8,36}$/.test(kept) ? kept : this.#fresh()
  }

  get id(): string {
    return this.#id
  }

  /** A copied tab has its original's number. */
  renumber(): void {
    this.#id = this.#fresh()
  }

  #fresh(): string {
    const id = [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("")
    try {
      sessionStorage.setItem(KEY, id)
    } catch {
      // Forbidden: a new number on each page.
    }
    return id
  }
}

function read(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** What this tab shows, and whether it is the one in front of the person. */
export class Front {
  #last = document.hasFocus()
  #channel: BroadcastChannel | null = null
  #timer: ReturnType<typeof setInterval>
  #masker: Masker
  #changed: () => void

  /** `changed`: have a look at `about`. Several tabs of the `session` agree which had the focus last. */
  constructor(session: string, masker: Masker, changed: () => void) {
    this.#masker = masker
    this.#changed = changed
    try {
      this.#channel = new BroadcastChannel(`deskside-front:${session}`)
      this.#channel.onmessage = () => {
        // Whoever is asked in the same moment would not have the focus either.
        if (document.hasFocus()) return
        this.#last = false
        changed()
      }
    } catch {
      // Without it each visible tab is in front.
      this.#last = true
    }
    if (this.#last) this.#channel?.postMessage(null)
    globalThis.addEventListener("focus", this.#focused)
    document.addEventListener("visibilitychange", changed)
    // Neither a title nor an address of `pushState` tells of itself in every browser.
    this.#timer = setInterval(changed, LOOK_MS)
  }

  /** `seen`: somebody may know what the page is called, and where it is. */
  about(seen: boolean): { title: string; address: string; active: boolean } {
    return {
      title: seen ? oneLine(this.#masker.title(document.title), MOST_TITLE) : "",
      // An `@` would look like a name before the host.
      address: seen ? oneLine(this.#masker.address(location.href).replaceAll("@", "%40"), MOST_ADDRESS) : "",
      active: this.#last && document.visibilityState === "visible",
    }
  }

  close(): void {
    clearInterval(this.#timer)
    globalThis.removeEventListener("focus", this.#focused)
    document.removeEventListener("visibilitychange", this.#changed)
    this.#channel?.close()
  }

  #focused = (): void => {
    this.#last = true
    this.#channel?.postMessage(null)
    this.#changed()
  }
}
