import type { ClientBody } from "../contract/messages"
import type { Label } from "../rtc/peer"
import type { SessionView } from "../wire/view"
import type { Capability } from "./session"

const CAPABILITY: Record<Label, Capability> = { mic: "hear", camera: "see", screen: "screen_view" }
/** A muted microphone is still one's own to open; a camera or screen that is off takes the consent back with it. */
const TAKEN_BACK: readonly Label[] = ["camera", "screen"]

/**
 * What the agent lets the customer hear and see: a grant for each line that is on, given again to a customer who
 * comes in later, and taken back when the line goes off.
 */
export class Promises {
  #send: (body: ClientBody, session: string) => Promise<void>
  #on = new Map<string, Set<Label>>()
  #given = new Set<string>()

  constructor(send: (body: ClientBody, session: string) => Promise<void>) {
    this.#send = send
  }

  line(session: string, label: Label, on: boolean): void {
    const lines = this.#on.get(session) ?? new Set<Label>()
    this.#on.set(session, lines)
    if (on) lines.add(label)
    else if (lines.delete(label) && TAKEN_BACK.includes(label)) {
      this.#forget(session, label)
      this.#send({ type: "grant.withdraw", capability: CAPABILITY[label] }, session).catch(() => {})
    }
  }

  /** Give what is missing, as far as the view tells. */
  settle(session: string, view: SessionView): void {
    for (const label of this.#on.get(session) ?? []) {
      for (const body of missing(view, label)) {
        const mark = `${session} ${label} ${body.holder}`
        if (this.#given.has(mark)) continue
        this.#given.add(mark)
        this.#send(body, session).catch(() => this.#given.delete(mark))
      }
    }
  }

  #forget(session: string, label: Label): void {
    for (const mark of [...this.#given]) if (mark.startsWith(`${session} ${label} `)) this.#given.delete(mark)
  }
}

interface Give {
  type: "grant.give"
  capability: Capability
  holder: string
}

/** One grant for each customer who is in and has none yet. */
export function missing(view: SessionView, label: Label): readonly Give[] {
  const capability = CAPABILITY[label]
  const customers = view.participants.filter((p) => p.role === "customer" && p.joined_at !== null && p.left_at == null)
  return customers
    .filter(
      (customer) =>
        !view.grants.some(
          (g) =>
            g.capability === capability && g.giver === view.you && g.holder === customer.id && g.state === "granted",
        ),
    )
    .map((customer) => ({ type: "grant.give", capability, holder: customer.id }))
}
