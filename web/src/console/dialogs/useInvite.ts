import { useState } from "react"
import type { InviteCreated, InviteRequest } from "../../contract/messages"
import { createInvite } from "../../data/invites"
import { Refused } from "../../wire/control"

/** One invitation being made: what came of it, or why not. */
export function useInvite(session: string) {
  const [made, setMade] = useState<InviteCreated | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  async function make(body: InviteRequest): Promise<InviteCreated | null> {
    setBusy(true)
    setRefused(null)
    try {
      const created = await createInvite(session, body)
      setMade(created)
      return created
    } catch (cause) {
      setRefused(cause instanceof Refused ? cause.code : "server_error")
      return null
    } finally {
      setBusy(false)
    }
  }
  return { made, refused, busy, make }
}
