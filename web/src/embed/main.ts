import { ownScript, readConfig } from "./config"
import { type EmbedEvent, HelpPanel } from "./panel"

const TAG = "deskside-help"
const listeners = new Map<EmbedEvent, Set<(detail: unknown) => void>>()
let panel: HelpPanel | null = null

function begin(): void {
  const config = readConfig(script)
  if (!config || document.querySelector(TAG)) return
  if (!customElements.get(TAG)) customElements.define(TAG, HelpPanel)
  panel = document.createElement(TAG) as HelpPanel
  panel.notify = (event, detail) => {
    for (const listener of listeners.get(event) ?? []) {
      try {
        listener(detail)
      } catch (error) {
        console.error(error)
      }
    }
  }
  panel.start(config)
  document.body.append(panel)
}

const script = ownScript()
try {
  if (document.body) begin()
  else document.addEventListener("DOMContentLoaded", begin, { once: true })
} catch (error) {
  // Whatever happens here, the page goes on without us.
  console.error("Deskside", error)
}

/** Unfold the panel; the fields of the form may be filled beforehand. */
export function open(prefill: { name?: string; question?: string } = {}): void {
  if (!panel) return
  if (prefill.name !== undefined) panel.name = String(prefill.name).slice(0, 80)
  if (prefill.question !== undefined) panel.asked = String(prefill.question).slice(0, 2000)
  panel.show()
}

/** Fold the panel; a session goes on. */
export function close(): void {
  if (panel?.open) panel.fold()
}

/**
 * Hear of `open`, `close`, `state` (`idle`, `waiting`, `live`, `ended`) and `message` (`{from, text}`). Returns how to
 * stop hearing of it.
 */
export function on(event: EmbedEvent, listener: (detail: unknown) => void): () => void {
  const known = listeners.get(event) ?? new Set()
  listeners.set(event, known.add(listener))
  return () => known.delete(listener)
}
