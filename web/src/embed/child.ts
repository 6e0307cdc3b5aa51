import type { ChildHost } from "../capture/child"
import type { PageRules, SiteInfo } from "../contract/messages"
import { Api } from "../wire/http"
import type { EmbedConfig } from "./config"
import { CHILD, captureScript } from "./loading"
import { rulesOf } from "./page"

/** As in `capture/children.ts`. */
const GREETING = "deskside.child"

/**
 * In a frame of the company's, on another origin than the page around it: no panel, and nothing at all until the page
 * around asks, from one of the site's origins. What is masked here is decided by the rules that the server gives us.
 */
export function listen(config: EmbedConfig | null): void {
  if (!config?.site || window.parent === window) return
  let rules: Promise<PageRules | null> | null = null
  let running: { close(): void } | null = null
  addEventListener("message", async (event) => {
    const [port] = event.ports
    if (event.source !== window.parent || !port || (event.data as { type?: unknown } | null)?.type !== GREETING) return
    rules ??= new Api(config.base)
      .get<SiteInfo>(`/sites/${encodeURIComponent(config.site)}`)
      .then((s) => s.page ?? null)
    try {
      const found = await rules
      if (!found?.origins?.includes(event.origin)) return
      const make = await captureScript<(host: ChildHost) => { close(): void }>(config, CHILD)
      running?.close()
      running = make({ base: config.base, port, rules: rulesOf(found, []) })
    } catch (error) {
      rules = null
      console.warn("Deskside", error)
    }
  })
  // Whom it concerns asks; there is nothing in it that others could not know.
  window.parent.postMessage({ type: GREETING }, "*")
}
