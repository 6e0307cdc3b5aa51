import { flashTitle, ring } from "../ui/attention"
import { t } from "../ui/text"
import { agent, type Capability, given, isOfWindow, questions } from "../wire/derive"
import type { SessionView } from "../wire/view"

/** There the unfolded panel would hide the page that somebody now looks at together with its owner. */
const NARROW = "(max-width: 480px)"

/** What the panel does when the person is to look. */
interface Callee {
  readonly open: boolean
  unread: number
  show(): void
  fold(): void
  notify(event: "message", detail: unknown): void
}

/** Calls the person for what is new: somebody is there, asks, or has written. */
export function call(panel: Callee, before: SessionView | null, after: SessionView): void {
  if (before && before.session.state !== "live" && after.session.state === "live") {
    const name = agent(after)?.name ?? t("agent")
    ring()
    flashTitle(t("turn.title", { name }))
    panel.show()
  }
  if (asksHere(before, after) && !panel.open) {
    ring()
    panel.show()
  }
  if (panel.open && matchMedia(NARROW).matches && begins(before, after)) panel.fold()
  const fresh = before
    ? after.lines.slice(before.lines.length).filter((l) => l.kind === "chat" && l.by !== after.you)
    : []
  for (const line of fresh) {
    panel.notify("message", { from: line.by_name, text: line.text })
    if (!panel.open) panel.unread++
    if (document.hidden) flashTitle(t("chat.new", { name: line.by_name }))
  }
  if (fresh.length > 0 && (!panel.open || document.hidden)) ring()
}

/** Somebody may see or control the page from now on. */
function begins(before: SessionView | null, after: SessionView): boolean {
  const [had, has] = [before, after].map((view) =>
    ["page_view", "page_control"].flatMap((c) => (view ? given(view, c as Capability) : [])).map((grant) => grant.id),
  ) as [string[], string[]]
  return before !== null && has.some((id) => !had.includes(id))
}

/** A question came that is answered here, and not in the session window. */
function asksHere(before: SessionView | null, after: SessionView): boolean {
  const known = new Set((before ? questions(before) : []).map((grant) => grant.id))
  return questions(after).some(({ id, capability }) => !known.has(id) && !isOfWindow(capability))
}
