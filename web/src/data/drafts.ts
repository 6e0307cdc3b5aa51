import { forgetTab, remember, remembered } from "./memory"
import { Store, useStore } from "./store"

/** What was typed and not yet sent, by place. It outlives a switch of session, a lost line and a reload. */
export const drafts = new Store<Readonly<Record<string, string>>>(remembered("drafts") ?? {})

export function draft(place: string, text: string): void {
  drafts.set((old) => {
    const { [place]: _, ...rest } = old
    return text ? { ...rest, [place]: text } : rest
  })
  remember("drafts", drafts.get())
}

/** A text that outlives the field it is typed in: a dialog that was closed, a card that is out of sight. */
export function useDraft(place: string): [string, (text: string) => void] {
  return [useStore(drafts, (all) => all[place] ?? ""), (text) => draft(place, text)]
}

export function forgetDrafts(session: string): void {
  for (const place of Object.keys(drafts.get())) if (place.startsWith(`${session} `)) draft(place, "")
}

/** Nothing that was typed or remembered in this tab is left. */
export function forgetAll(): void {
  forgetTab()
  drafts.set({})
}

/** The tab is this person's from here on. Their own words are still there, also after they were signed out; what
 * somebody else left is not. */
export function claimTab(user: string): void {
  if (remembered("user") === user) return
  forgetAll()
  remember("user", user)
}
