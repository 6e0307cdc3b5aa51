import type { PageRules } from "../contract/messages"
import { listen } from "./child"
import { type EmbedConfig, type Options, ownScript, readConfig, withOptions } from "./config"
import { keepPause } from "./page"
import { type EmbedEvent, HelpPanel } from "./panel"
import { Preview, previewAsked } from "./preview"
import type { Mistake } from "./wishes"

/** The documented interface: `window.Deskside`. See docs/embedding.md. */

const TAG = "deskside-help"
const script = ownScript()
const listeners = new Map<EmbedEvent, Set<(detail: unknown) => void>>()
/** What was said before the panel was there, or while it was away. */
const masks: string[] = []
const mistakes = new Set<string>()
/** Nobody listened yet: the tag is read before the page's script can. */
const untold: Mistake[] = []
let paused: boolean | null = null
let options: Options = {}
let prefill: Prefill = {}
let panel: HelpPanel | null = null
let previews = false

interface Prefill {
  name?: string
  question?: string
}

function tell(event: EmbedEvent, detail: unknown): void {
  for (const listener of listeners.get(event) ?? []) {
    try {
      listener(detail)
    } catch (error) {
      console.error(error)
    }
  }
}

/** Each is told once, for whoever writes the page. */
function mistaken(mistake: Mistake): void {
  const text = `${mistake.field} ${JSON.stringify(mistake.value)}: ${mistake.reason}`
  if (mistakes.has(text)) return
  mistakes.add(text)
  console.warn(`Deskside: ${text}`)
  untold.push(mistake)
  tellMistakes()
}

function tellMistakes(): void {
  if (!listeners.get("error")?.size) return
  for (const mistake of untold.splice(0)) tell("error", mistake)
}

function config(): EmbedConfig | null {
  return withOptions(readConfig(script), options, mistaken)
}

function begin(): void {
  const found = config()
  if (!found || panel || document.querySelector(TAG)) return
  if (!customElements.get(TAG)) customElements.define(TAG, HelpPanel)
  panel = document.createElement(TAG) as HelpPanel
  panel.notify = tell
  panel.mistaken = mistaken
  panel.start(found)
  for (const selector of masks) panel.page.mask(selector)
  if (paused !== null) panel.pause(paused)
  if (options.theme) panel.theme(options.theme)
  fill()
  document.body.append(panel)
}

function whenReady(then: () => void): void {
  if (document.body) then()
  else document.addEventListener("DOMContentLoaded", then, { once: true })
}

function fill(): void {
  if (!panel) return
  if (prefill.name !== undefined) panel.name = String(prefill.name).slice(0, 80)
  if (prefill.question !== undefined) panel.asked = String(prefill.question).slice(0, 2000)
  panel.update()
}

/**
 * Put the panel on the page: where the tag says `data-start="manual"`, or after `stop`. The options go before what the
 * tag says. A session that goes on in this tab is taken up again.
 */
export function start(more: Options = {}): void {
  options = { ...options, ...more }
  whenReady(begin)
}

/** Nobody sees the page from this call on, and the panel goes. The conversation waits for `start`, for a while. */
export function stop(): void {
  panel?.end()
  panel = null
}

/** Unfold the panel; the fields of the form may be filled beforehand. */
export function open(fields: Prefill = {}): void {
  prefill = { ...prefill, ...fields }
  fill()
  panel?.show()
}

/** Fold the panel; a session goes on. */
export function close(): void {
  if (panel?.open) panel.fold()
}

/**
 * Hear of `open`, `close`, `state` (`idle`, `waiting`, `live`, `ended`), `message` (`{from, text}`), `page`
 * (`{state}`: `shown`, `hidden`, `alarm`) and `error` (`{field, value, reason}`: a wish of the page's that does not
 * count; those of before as well, if nobody has heard of them). Returns how to stop hearing of it.
 */
export function on(event: EmbedEvent, listener: (detail: unknown) => void): () => void {
  const known = listeners.get(event) ?? new Set()
  listeners.set(event, known.add(listener))
  if (event === "error") queueMicrotask(tellMistakes)
  return () => known.delete(listener)
}

/** Text and fields that match are masked as well, from now on. There is no way to mask less from here: the site's
 * rules do that. Throws `SyntaxError` for what is no selector. */
export function mask(selector: string): void {
  document.createDocumentFragment().querySelector(selector)
  masks.push(selector)
  panel?.page.mask(selector)
}

/** No tab of the site is shown until `resume`, whatever was allowed: for a step that nobody else should see. */
export function pause(): void {
  setPaused(true)
}

export function resume(): void {
  setPaused(false)
}

function setPaused(now: boolean): void {
  paused = now
  keepPause(now)
  panel?.pause(now)
}

/** Language of the panel, as a language tag; one that we do not speak becomes English. */
export function language(tag: string): void {
  options = { ...options, language: tag }
  change()
}

/** `scheme`: light or dark, null for the person's own choice. `accent`: the company's colour, as #rrggbb. */
export function theme(look: { scheme?: "light" | "dark" | null; accent?: string }): void {
  if (look.scheme !== undefined) options = { ...options, scheme: look.scheme }
  if (look.accent !== undefined) options = { ...options, theme: { accent: look.accent } }
  change()
  if (options.theme) panel?.theme(options.theme)
}

/** Which queue the next request goes to, of those that the site lists; null for the site's own. */
export function queue(id: string | null): void {
  options = { ...options, queue: id }
  change()
}

/** Which skills whoever answers the next request must have, of those that the site lists: by id or name; null: none. */
export function skills(wanted: readonly string[] | null): void {
  options = { ...options, skills: wanted }
  change()
}

/** Who the page knows the person to be; `number`: telephone number with country code, by which routing knows them;
 * `details`: short texts by name, for the agent, instead of those said before. */
export function attributes(known: {
  name?: string
  question?: string
  number?: string
  details?: Record<string, unknown> | null
}): void {
  if (known.number !== undefined) options = { ...options, number: known.number }
  if (known.details !== undefined) options = { ...options, details: known.details }
  const { name, question } = known
  prefill = { ...prefill, ...(name === undefined ? {} : { name }), ...(question === undefined ? {} : { question }) }
  fill()
  change()
}

function change(): void {
  const found = config()
  if (found) panel?.configure(found)
}

/**
 * Show the administrator who opened this page what an agent would see of it. Happens by itself where the address ends
 * in `#deskside-preview`; a page that loses that on its way, to a sign-in for instance, calls this. False when no page
 * of the server opened this one.
 */
export function preview(): boolean {
  const found = config()
  if (!found || !window.opener) return false
  if (!previews) new Preview(found, () => panel, masked)
  previews = true
  return true
}

function masked(rules: PageRules): PageRules {
  return { ...rules, mask: [...(rules.mask ?? []), ...masks] }
}

try {
  if (script?.dataset.child !== undefined) listen(readConfig(script))
  else {
    if (script?.dataset.start !== "manual") whenReady(begin)
    if (previewAsked()) whenReady(() => preview())
  }
} catch (error) {
  // Whatever happens here, the page goes on without us.
  console.error("Deskside", error)
}
