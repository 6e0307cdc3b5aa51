import type { ClientBody, GrantGive } from "../contract/messages"
import type { SessionView } from "../wire/view"

type Send = (body: ClientBody, session: string) => Promise<void>

/**
 * Who may see the agent's own screen: everybody in the session while it is shared, also who comes in later, and
 * nobody afterwards. (An agent's voice and camera need no grant.)
 */
export class Shares {
  #send: Send
  #on = new Set<string>()
  #given = new Set<string>()

  constructor(send: Send) {
    this.#send = send
  }

  set(session: string, on: boolean): void {
    if (on) this.#on.add(session)
    else if (this.#on.delete(session)) {
      for (const mark of [...this.#given]) if (mark.startsWith(`${session} `)) this.#given.delete(mark)
      this.#send({ type: "grant.withdraw", capability: "screen_view" }, session).catch(() => {})
    }
  }

  /** Give what is missing, as far as the view tells. */
  settle(session: string, view: SessionView): void {
    if (!this.#on.has(session)) return
    for (const body of missing(view)) {
      const mark = `${session} ${body.holder}`
      if (this.#given.has(mark)) continue
      this.#given.add(mark)
      this.#send(body, session).catch(() => this.#given.delete(mark))
    }
  }
}

/** One grant for each who is in and has none. */
export function missing(view: SessionView): readonly GrantGive[] {
  return view.participants
    .filter((p) => p.id !== view.you && p.joined_at !== null && p.left_at == null)
    .filter(({ id }) => !view.grants.some((g) => isMine(g, view.you, id)))
    .map(({ id }) => ({ type: "grant.give", capability: "screen_view", holder: id }))
}

function isMine(grant: SessionView["grants"][number], giver: string, holder: string): boolean {
  return (
    grant.capability === "screen_view" && grant.state === "granted" && grant.giver === giver && grant.holder === holder
  )
}
