import { Store, useStore } from "../../data/store"
import { openTab } from "../right/tab"
import { currentWidth } from "../width"
import type { Front } from "./scene"

interface Wish {
  readonly front: Front
  /** The keyboard goes there too, once it stands in front. */
  readonly focus: boolean
}

/** What the agent chose to have in front, by session; it gives way while it has nothing to show. */
const wishes = new Store<Readonly<Record<string, Wish>>>({})

export function bringToFront(session: string, front: Front, focus = false): void {
  wishes.set((all) => ({ ...all, [session]: { front, focus } }))
  // Where there is little room the stage is a tab.
  if (currentWidth() !== "wide") openTab("stage")
}

export const useFront = (session: string): Front | null => useStore(wishes, (all) => all[session]?.front ?? null)

export const useFocusWish = (session: string): boolean => useStore(wishes, (all) => all[session]?.focus ?? false)

export function focused(session: string): void {
  const wish = wishes.get()[session]
  if (wish?.focus) wishes.set((all) => ({ ...all, [session]: { ...wish, focus: false } }))
}
