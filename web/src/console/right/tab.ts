import { Store, useStore } from "../../data/store"

/** Which tab stands open, the same for every session. */
const tab = new Store<string | null>(null)

export const openTab = (name: string): void => tab.set(name)
export const currentTab = tab.get
/** What the agent opened last, or null: then it is for the layout to say. */
export const useTab = (): string | null => useStore(tab, (name) => name)
