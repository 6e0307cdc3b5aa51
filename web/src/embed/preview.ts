import type { PreviewHost } from "../capture/preview"
import type { PageRules } from "../contract/messages"
import type { EmbedConfig } from "./config"
import { captureScript, PREVIEW } from "./loading"

const KEY = "deskside:preview"
const HASH = "#deskside-preview"

/** The address says so, or did in this tab. */
export function previewAsked(): boolean {
  try {
    if (location.hash === HASH) sessionStorage.setItem(KEY, "1")
    return window.opener !== null && sessionStorage.getItem(KEY) === "1"
  } catch {
    return window.opener !== null && location.hash === HASH
  }
}

/**
 * Shows this page to the page of the server's that opened it, as an agent would see it under the rules that come from
 * there. It hears nothing but its own port, which only a page of the server's gets; nothing goes to the server.
 */
export class Preview {
  #shown: { close(): void } | null = null
  /** `rules`: the site's, and what becomes of them here. */
  constructor(config: EmbedConfig, panel: () => Element | null, rules: (rules: PageRules) => PageRules) {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => {
      const asked = (data as { rules?: PageRules } | null)?.rules
      if (asked) void this.#show(config, { port: port1, rules: rules(asked), panel: panel() })
    }
    ;(window.opener as Window).postMessage({ type: "deskside.preview" }, config.base, [port2])
  }

  async #show(config: EmbedConfig, host: PreviewHost): Promise<void> {
    try {
      const make = await captureScript<(host: PreviewHost) => { close(): void }>(config, PREVIEW)
      this.#shown?.close()
      this.#shown = make(host)
    } catch (error) {
      console.warn("Deskside", error)
    }
  }
}
