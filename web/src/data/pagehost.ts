import type { FromView, ToView } from "../page/port"
import { type Kept, PageAssets } from "./pageassets"
import { fromView } from "./pagechecks"
import { Store } from "./store"

/** silent: the view does not answer; broken: it could not make anything of what it got, again and again. */
export type Trouble = "silent" | "broken"

export interface HostState {
  /** Counts the frames that were made; each needs an iframe of its own. */
  readonly frame: number
  readonly ready: boolean
  readonly trouble: Trouble | null
}

/** What is not answered here. */
export type Heard = Exclude<FromView, { type: "want" }>

const READY_MS = 15_000
/** So often in so long a view is given another chance by itself. */
const MOST_BREAKS = 3
const BREAKS_MS = 60_000

/**
 * Our end of a view, which stands on another host in an iframe: says hello with a port, checks what comes from it,
 * fetches what it wants shown, and makes it anew when it broke. Live view, replay and preview each feed one.
 */
export class PageHost {
  readonly origin: string
  readonly store = new Store<HostState>({ frame: 0, ready: false, trouble: null })
  readonly #assets: PageAssets
  readonly #heard: (message: Heard) => void
  #port: MessagePort | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #breaks: number[] = []

  /** `assets`: the session whose page it is, or what is kept of it here, whose bytes are given away. `heard` gets `ready` for each frame that was made: then it has nothing yet, not even a mode. */
  constructor(origin: string, assets: string | Kept, heard: (message: Heard) => void) {
    this.origin = origin
    this.#heard = heard
    this.#assets = new PageAssets(assets, (hash, asset) => {
      const data = asset?.data ?? null
      this.send({ type: "asset", hash, mime: asset?.mime ?? "", data }, data ? [data] : [])
    })
  }

  get address(): string {
    return `${this.origin}/view/`
  }

  /** The iframe stands in the page and begins to load. */
  begin(): void {
    this.#await()
  }

  /** The iframe has loaded something; only if that is the view, it gets the port. */
  loaded(window: Pick<Window, "postMessage"> | null): void {
    this.#forget()
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.onmessage = (event: MessageEvent<unknown>) => {
      if (this.#port === port1) this.#take(event.data)
    }
    this.#await()
    window?.postMessage({ type: "deskside.view" }, this.origin, [port2])
  }

  /** False when nobody was there to hear it. */
  send(message: ToView, transfer: Transferable[] = []): boolean {
    if (!this.#port || !this.store.get().ready) return false
    this.#port.postMessage(message, transfer)
    return true
  }

  /** A new frame, whatever became of this one. */
  again(): void {
    this.#breaks = []
    this.#anew()
  }

  /** The iframe is gone. */
  end(): void {
    this.#forget()
    clearTimeout(this.#timer)
    this.store.patch({ ready: false })
  }

  #await(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.store.patch({ trouble: "silent" }), READY_MS)
  }

  #forget(): void {
    this.#port?.close()
    this.#port = null
    this.#assets.clear()
    this.store.patch({ ready: false })
  }

  #anew(): void {
    this.#forget()
    this.store.set((old) => ({ frame: old.frame + 1, ready: false, trouble: null }))
    this.#await()
  }

  #take(data: unknown): void {
    const message = fromView(data)
    if (message === null) this.#broke()
    else if (message.type === "want") this.#assets.want(message.hashes)
    else if (message.type === "ready") {
      clearTimeout(this.#timer)
      this.store.patch({ ready: true, trouble: null })
      this.#heard(message)
    } else if (message.type === "broken") this.#broke()
    else this.#heard(message)
  }

  #broke(): void {
    const now = Date.now()
    this.#breaks = [...this.#breaks.filter((at) => now - at < BREAKS_MS), now]
    if (this.#breaks.length <= MOST_BREAKS) this.#anew()
    else {
      this.#forget()
      this.store.patch({ trouble: "broken" })
    }
  }
}
