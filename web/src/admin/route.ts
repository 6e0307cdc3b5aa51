import { useSyncExternalStore } from "react"
import type { Kind } from "./types"

/** Sections of the administration, in the order of the navigation, and the kind of item that each one lists. */
export const SECTIONS = [
  "queues",
  "groups",
  "skills",
  "agents",
  "matrix",
  "hours",
  "reasons",
  "outcomes",
  "teams",
  "rules",
  "sites",
  "policy",
  "changes",
  "transfer",
] as const
export type Section = (typeof SECTIONS)[number]

export const KIND_OF: Partial<Record<Section, Kind>> = {
  queues: "queue",
  groups: "group",
  skills: "skill",
  agents: "agent",
  hours: "hours",
  reasons: "reason",
  outcomes: "outcome_code",
  teams: "team_list",
  rules: "rules",
}

/** Stands for the id of an item that has not been saved yet. */
export const NEW = "+"

export interface Route {
  section: Section | null
  id: string | null
}

const BASE = "/admin"

export function parse(path: string): Route {
  const [, base, section, id, ...more] = path.split("/")
  if (base !== "admin" || more.length > 1 || more[0]) return { section: null, id: null }
  if (!section) return { section: "queues", id: null }
  const found = SECTIONS.find((one) => one === section)
  if (!found) return { section: null, id: null }
  try {
    return { section: found, id: id ? decodeURIComponent(id) : null }
  } catch {
    return { section: null, id: null }
  }
}

export function sectionOf(kind: Kind): Section {
  return SECTIONS.find((section) => KIND_OF[section] === kind) ?? "queues"
}

export function path(section: Section, id?: string | null): string {
  return id ? `${BASE}/${section}/${id === NEW ? NEW : encodeURIComponent(id)}` : `${BASE}/${section}`
}

const MOVED = "deskside:moved"

export function go(to: string, replace = false): void {
  if (replace) history.replaceState(null, "", to)
  else history.pushState(null, "", to)
  dispatchEvent(new Event(MOVED))
}

function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener)
  addEventListener(MOVED, listener)
  return () => {
    removeEventListener("popstate", listener)
    removeEventListener(MOVED, listener)
  }
}

/** The section and item that the address asks for; follows the browser's Back. */
export function useRoute(): Route {
  return parse(useSyncExternalStore(subscribe, () => location.pathname))
}
