import { remember, remembered } from "./memory"
import { Store } from "./store"

/** What was typed and not yet sent, by place. It outlives a switch of session, a lost line and a reload. */
export const drafts = new Store<Readonly<Record<string, string>>>(remembered("drafts") ?? {})

export function draft(place: string, text: string): void {
  drafts.set((old) => {
    const { [place]: _, ...rest } = old
    return text ? { ...rest, [place]: text } : rest
  })
  remember("drafts", drafts.get())
}

export function forgetDrafts(session: string): void {
  for (const place of Object.keys(drafts.get())) if (place.startsWith(`${session} `)) draft(place, "")
}
