import type {
  AgentItem,
  Choice,
  Configuration,
  HoursItem,
  Item,
  Items,
  Kind,
  Named,
  Person,
  Problem,
  QueueItem,
  TeamListItem,
} from "./types"

/** The rules are one item, under this id. */
export const RULES = "rules"

const LISTS = {
  queue: "queues",
  group: "groups",
  skill: "skills",
  agent: "agents",
  hours: "hours",
  reason: "reasons",
  outcome_code: "common_codes",
  team_list: "team_lists",
} as const satisfies Partial<Record<Kind, keyof Configuration>>

export function listOf<K extends Exclude<Kind, "rules">>(configuration: Configuration, kind: K): readonly Items[K][] {
  return configuration[LISTS[kind]] as unknown as readonly Items[K][]
}

export function find<K extends Kind>(configuration: Configuration, kind: K, id: string): Items[K] | null {
  if (kind === "rules") return configuration.rules as Items[K]
  const list = listOf(configuration, kind as Exclude<Kind, "rules">) as readonly Choice[]
  return (list.find((one) => one.id === id) as Items[K] | undefined) ?? null
}

/** The configuration with the item put in its place, or taken out. */
export function put(configuration: Configuration, kind: Kind, id: string, item: Item | null): Configuration {
  if (kind === "rules") return item ? { ...configuration, rules: item as Configuration["rules"] } : configuration
  const list = listOf(configuration, kind) as readonly Choice[]
  const at = list.findIndex((one) => one.id === id)
  const next = [...list]
  if (item === null) {
    if (at >= 0) next.splice(at, 1)
  } else if (at >= 0) next[at] = item as Choice
  else next.push(item as Choice)
  return { ...configuration, [LISTS[kind]]: next }
}

/** Texts of a choice by language; `""` is the text for all that have none of their own. */
export function readLabel(label: string): Record<string, string> {
  if (label.startsWith("{")) {
    try {
      const texts: unknown = JSON.parse(label)
      if (typeof texts === "object" && texts !== null) {
        return Object.fromEntries(Object.entries(texts).map(([language, text]) => [language, String(text)]))
      }
    } catch {
      // A text that happens to begin with a brace.
    }
  }
  return { "": label }
}

/** One text when all languages say the same, else an object of texts by language. */
export function writeLabel(texts: Readonly<Record<string, string>>): string {
  const said = Object.entries(texts).filter(([, text]) => text !== "")
  const different = new Set(said.map(([, text]) => text))
  if (different.size === 0) return ""
  const only = said[0]
  if (said.length === 1 && only?.[0] === "") return only[1]
  if (different.size === 1 && said.length > 1) return [...different][0] ?? ""
  return JSON.stringify(Object.fromEntries(said))
}

export function labelIn(label: string, language: string): string {
  const texts = readLabel(label)
  return texts[language] ?? texts.en ?? texts[""] ?? Object.values(texts)[0] ?? ""
}

export function nameOf(
  kind: Kind,
  id: string,
  configuration: Configuration,
  people: readonly Person[],
  language: string,
): string {
  if (kind === "agent") return people.find((one) => one.user === id)?.display_name ?? id
  const item = find(configuration, kind, id)
  if (item && "label" in item) return labelIn(item.label, language) || id
  return (item as Named | null)?.name || id
}

const MAX_ID = 40

/** An id for a new item, made of its name: stable, readable in an address, and not taken yet. */
export function idFor(name: string, taken: Iterable<string>): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, MAX_ID)
    .replace(/^_+|_+$/g, "")
  const start = plain || "item"
  const used = new Set(taken)
  let id = start
  for (let count = 2; used.has(id); count++) id = `${start}_${count}`
  return id
}

const OFFICE_DAY = { start: "09:00", to: "17:00" }

const FRESH: { readonly [K in Exclude<Kind, "rules">]: () => Items[K] } = {
  group: () => ({ id: "", name: "" }),
  skill: () => ({ id: "", name: "" }),
  reason: () => ({ id: "", label: "" }),
  outcome_code: () => ({ id: "", label: "" }),
  team_list: (): TeamListItem => ({ id: "", name: "", members: [], departments: [], groups: [] }),
  agent: (): AgentItem => ({ id: "", queues: [], capacity: 3, groups: [], skills: [], limits: {} }),
  hours: (): HoursItem => ({
    id: "",
    name: "",
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    week: [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? [{ ...OFFICE_DAY }] : [])),
    country: "",
    region: "",
    exceptions: [],
  }),
  queue: (): QueueItem => ({
    id: "",
    name: "",
    wrap_up_seconds: 30,
    offer_seconds: 20,
    allow_pick: false,
    ageing: 60,
    handle_seconds: 300,
    recording: "off",
    default: false,
    outcome_codes: [],
    priority: 0,
    skills: [],
    groups: [],
    steps: [],
    sticky_days: 0,
    sticky_seconds: 0,
    hours: null,
    service_level_seconds: 20,
    callback: { offer_after: 120, on_abandon: false, attempts: 3, retry_seconds: 1800, hours: null },
  }),
}

export function fresh(kind: Exclude<Kind, "rules">): Item {
  return FRESH[kind]()
}

/** Every own text of a choice ends with `mark`, as that of a name does. */
function marked(item: Item, mark: string): Item {
  if ("label" in item) {
    const texts = Object.entries(readLabel(item.label)).map(([language, text]) => [language, `${text}${mark}`])
    return { ...item, label: writeLabel(Object.fromEntries(texts)) }
  }
  return "name" in item ? { ...item, name: `${item.name}${mark}` } : item
}

/** A copy to be saved as another item. Only one queue is the default. */
export function copyOf(kind: Kind, item: Item, mark: string): Item {
  const copy = { ...marked(structuredClone(item), mark), id: "" } as Item
  return kind === "queue" ? ({ ...copy, default: false } as Item) : copy
}

/** The item as it would be saved: a new one gets its id. An agent's is the person's, chosen in the form. */
export function withId(kind: Kind, item: Item, configuration: Configuration): Item {
  if (kind === "rules" || kind === "agent") return item
  const named = item as Named & Choice
  if (named.id) return item
  const words = "label" in item ? labelIn(named.label, "en") : named.name
  return {
    ...item,
    id: idFor(
      words,
      (listOf(configuration, kind) as readonly Named[]).map((one) => one.id),
    ),
  } as Item
}

const OPTIONAL = new Set(["wrap_up_seconds", "offer_after", "hours", "queue", "end", "warn", "alarm"])

/** Fields left empty that must not be: they are told here, before the server is asked. */
export function emptyFields(kind: Kind, id: string, item: Item): Problem[] {
  const found: string[] = []
  const look = (value: unknown, path: string, key: string) => {
    if (Number.isNaN(value) || (value === null && !OPTIONAL.has(key))) found.push(path)
    else if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) look(one, `${path}.${index}`, key)
    } else if (typeof value === "object" && value !== null) {
      for (const [name, one] of Object.entries(value)) look(one, path ? `${path}.${name}` : name, name)
    }
  }
  look(item, "", "")
  if ("name" in item && !item.name.trim()) found.push("name")
  if ("label" in item && !item.label.trim()) found.push("label")
  if (kind === "agent" && !(item as AgentItem).id) found.push("id")
  return found.map((field) => ({ kind, id, field, code: "required", params: {}, severity: "error", message: "" }))
}
