import type { PageRules } from "../../contract/messages"
import { type Heard, PageHost } from "../../data/pagehost"
import { Store } from "../../data/store"
import type { Message } from "../../page/format"
import type { ViewMode } from "../../page/port"

/** closed: no page is open; blocked: the browser opened none; waiting: for the page to answer; silent: it did not. */
export type PreviewState = "closed" | "blocked" | "waiting" | "silent" | "shown"

const HASH = "#deskside-preview"
const SILENT_MS = 15_000
const LOOK_MS = 1000
/** Bytes of pictures that are kept for a view that asks for them. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_WIDTH = 1280

interface Asset {
  mime: string
  data: ArrayBuffer
}

/**
 * Shows a page of the company's as an agent would see it. The page is opened in a window of its own; its embed finds out
 * by the address, and sends what it captures to us and to nobody else. What comes is passed on to the view.
 */
export class Preview {
  readonly state = new Store<PreviewState>("closed")
  readonly view: PageHost
  #window: Window | null = null
  #origin = ""
  #page: MessagePort | null = null
  #rules: PageRules | null = null
  #mode: ViewMode | null = null
  #assets = new Map<string, Asset>()
  #bytes = 0
  #silent: ReturnType<typeof setTimeout> | undefined
  #looking: ReturnType<typeof setInterval> | undefined

  constructor(view: string) {
    const kept = (hash: string) => this.#copy(hash)
    this.view = new PageHost(view, kept, (message) => this.#fromView(message))
  }

  /** `address`: of a page of the site. */
  open(address: string): void {
    this.close()
    const url = new URL(address)
    url.hash = HASH
    this.#origin = url.origin
    addEventListener("message", this.#hear)
    const size = `width=${Math.min(MOST_WIDTH, screen.availWidth)},height=${screen.availHeight}`
    this.#window = window.open(url, "deskside-preview", `popup,${size}`)
    if (!this.#window) {
      this.close("blocked")
      return
    }
    this.state.set("waiting")
    this.#silent = setTimeout(() => this.state.set((old) => (old === "waiting" ? "silent" : old)), SILENT_MS)
    this.#looking = setInterval(() => this.#window?.closed && this.close(), LOOK_MS)
  }

  close(state: PreviewState = "closed"): void {
    removeEventListener("message", this.#hear)
    clearTimeout(this.#silent)
    clearInterval(this.#looking)
    this.#page?.close()
    this.#window?.close()
    this.#page = this.#window = null
    this.#forget()
    this.view.send({ type: "clear", why: "waiting" })
    this.state.set(state)
  }

  /** The page is shown anew under these. */
  rules(rules: PageRules): void {
    this.#rules = rules
    this.#page?.postMessage({ rules })
  }

  mode(mode: ViewMode): void {
    this.#mode = mode
    this.view.send({ type: "mode", mode })
  }

  /** Another page of the same window says hello again; who else does is not heard. */
  #hear = (event: MessageEvent<unknown>): void => {
    const [port] = event.ports
    const asked = (event.data as { type?: unknown } | null)?.type === "deskside.preview"
    if (!asked || !port || event.source !== this.#window || event.origin !== this.#origin) return
    this.#page?.close()
    this.#page = port
    this.#forget()
    port.onmessage = (message: MessageEvent<unknown>) => this.#fromPage(message.data)
    this.state.set("shown")
    if (this.#rules && this.view.store.get().ready) port.postMessage({ rules: this.#rules })
  }

  #fromPage(data: unknown): void {
    const said = data as { type?: unknown; message?: unknown; hash?: unknown; mime?: unknown; data?: unknown } | null
    if (said?.type === "message") {
      // What it says is the view's to check, as in a live session.
      this.view.send({ type: "message", message: said.message as Message })
    } else if (said?.type === "clear") this.view.send({ type: "clear", why: "loading" })
    else if (said?.type === "asset" && typeof said.hash === "string" && typeof said.mime === "string") {
      if (said.data instanceof ArrayBuffer) this.#keep(said.hash, { mime: said.mime, data: said.data })
    }
  }

  #fromView(message: Heard): void {
    if (message.type !== "ready") return
    if (this.#mode) this.view.send({ type: "mode", mode: this.#mode })
    // From the beginning, since nothing is kept here.
    if (this.#rules) this.#page?.postMessage({ rules: this.#rules })
  }

  #copy(hash: string): Asset | null {
    const found = this.#assets.get(hash)
    return found ? { mime: found.mime, data: found.data.slice() } : null
  }

  #keep(hash: string, asset: Asset): void {
    if (this.#assets.has(hash) || this.#bytes + asset.data.byteLength > MOST_BYTES) return
    this.#assets.set(hash, asset)
    this.#bytes += asset.data.byteLength
  }

  #forget(): void {
    this.#assets.clear()
    this.#bytes = 0
  }
}
