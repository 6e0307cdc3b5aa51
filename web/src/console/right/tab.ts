import { Store, useStore } from "../../data/store"

/** Which tab stands open, the same for every session. */
const tab = new Store("chat")

export const openTab = (name: string): void => tab.set(name)
export const currentTab = tab.get
export const useTab = (): string => useStore(tab, (name) => name)
