import type { PageRules } from "../contract/messages"
import { PageAssets } from "./assets"
import type { Depot } from "./depot"
import { Engine } from "./engine"
import { PageMasker } from "./mask"
import { Turns } from "./turns"

/** Where the preview goes, and under which rules. */
export interface PreviewHost {
  port: MessagePort
  rules: PageRules
  panel: Element | null
}

/** The capture as ever, into a port and nowhere else. */
export class PagePreview {
  #engine: Engine
  #masker: PageMasker
  #assets: PageAssets
  #turns: Turns

  constructor({ port, rules, panel }: PreviewHost) {
    this.#turns = new Turns((time, events) => port.postMessage({ type: "message", message: [time, ...events] }))
    this.#masker = new PageMasker({ mask: rules.mask ?? [], unmask: rules.unmask ?? [] }, document)
    this.#assets = new PageAssets(new PortDepot(port))
    this.#engine = new Engine({
      document,
      masker: this.#masker,
      assets: this.#assets,
      emit: this.#turns.emit,
      exclude: (element) => element === panel,
    })
    port.postMessage({ type: "clear" })
    this.#turns.begin()
    this.#engine.start(1)
  }

  close(): void {
    this.#engine.stop()
    this.#turns.end()
    this.#assets.close()
    this.#masker.close()
  }
}

/** Gives pictures to whoever looks; nothing is asked of the server. */
class PortDepot implements Depot {
  #port: MessagePort

  constructor(port: MessagePort) {
    this.#port = port
  }

  async put(hash: string, content: Blob): Promise<void> {
    const data = await content.arrayBuffer()
    this.#port.postMessage({ type: "asset", hash, mime: content.type, data }, [data])
  }

  async ask(): Promise<null> {
    return null
  }

  close(): void {}
}
