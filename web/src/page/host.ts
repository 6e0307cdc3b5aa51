import type { FromView, ToView } from "./port"

const HASH = /^[0-9a-f]{64}$/

/** Our end of a view, which stands on another host in an iframe: says hello with a port, and checks what comes back. */
export class ViewHost {
  readonly #origin: string
  readonly #heard: (message: FromView) => void
  #port: MessagePort | null = null

  constructor(origin: string, heard: (message: FromView) => void) {
    this.#origin = origin
    this.#heard = heard
  }

  get address(): string {
    return `${this.#origin}/view/`
  }

  /** The iframe has loaded something; only if that is the view, it gets the port. */
  loaded(window: Pick<Window, "postMessage"> | null): void {
    this.end()
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.onmessage = (event: MessageEvent<unknown>) => {
      const message = read(event.data)
      if (message && this.#port === port1) this.#heard(message)
    }
    window?.postMessage({ type: "deskside.view" }, this.#origin, [port2])
  }

  send(message: ToView, transfer: Transferable[] = []): void {
    this.#port?.postMessage(message, transfer)
  }

  end(): void {
    this.#port?.close()
    this.#port = null
  }
}

const KNOWN = new Set<unknown>(["ready", "state", "want", "act", "point", "broken", "leave", "acts"])

/** Null for what is no message; of `want`, the hashes that are some. */
function read(data: unknown): FromView | null {
  if (typeof data !== "object" || data === null || !KNOWN.has((data as { type?: unknown }).type)) return null
  const message = data as FromView
  if (message.type !== "want") return message
  if (!Array.isArray(message.hashes)) return null
  return { type: "want", hashes: message.hashes.filter((hash) => typeof hash === "string" && HASH.test(hash)) }
}
