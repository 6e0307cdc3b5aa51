import { useMemo } from "react"
import { useTranslation } from "react-i18next"
import { listOf, nameOf, put, withId } from "./items"
import { useAdminState, useSnapshot } from "./model"
import type { Effect, Kind, Problem, Snapshot } from "./types"

const NONE: readonly string[] = []

export interface Option {
  value: string
  label: string
}

const collator = (language: string) => new Intl.Collator(language, { numeric: true, sensitivity: "base" })

/** Items of a kind to choose from, by name. Ids in `used` that lead nowhere are offered too, so that they are seen. */
export function useOptions(kind: Exclude<Kind, "rules">, used: readonly string[] = NONE): Option[] {
  const { t, i18n } = useTranslation()
  const { configuration, people } = useSnapshot()
  return useMemo(() => {
    // Looked up once: thousands of agents by thousands of people would be felt.
    const persons = kind === "agent" ? new Map(people.map((one) => [one.user, one.display_name])) : null
    const there = listOf(configuration, kind).map(({ id }) => ({
      value: id,
      label: persons ? (persons.get(id) ?? id) : nameOf(kind, id, configuration, people, i18n.language),
    }))
    const { compare } = collator(i18n.language)
    there.sort((a, b) => compare(a.label, b.label))
    const known = new Set(there.map((one) => one.value))
    const lost = used.filter((id) => !known.has(id))
    return [...there, ...lost.map((id) => ({ value: id, label: t("admin.gone", { name: id }) }))]
  }, [configuration, people, kind, used, t, i18n.language])
}

export function useName(): (kind: Kind, id: string) => string {
  const { i18n } = useTranslation()
  const { configuration, people } = useSnapshot()
  return (kind, id) => nameOf(kind, id, configuration, people, i18n.language)
}

/** Parameters of problems and effects that are ids, and of what. */
const IDS: Readonly<Record<string, Kind>> = {
  queue: "queue",
  queues: "queue",
  to_queue: "queue",
  group: "group",
  skill: "skill",
  skills: "skill",
  agent: "agent",
  agents: "agent",
  hours: "hours",
}

/** Ids among the parameters become names, lists become one text. */
export function spoken(
  params: Readonly<Record<string, unknown>>,
  { configuration, people }: Snapshot,
  language: string,
): Record<string, unknown> {
  const list = new Intl.ListFormat(language, { type: "conjunction" })
  const known = (kind: unknown): kind is Kind => typeof kind === "string" && Object.values(IDS).includes(kind as Kind)
  const kindFor = (key: string): Kind | undefined => {
    if (key === "to") return known(params.of) ? params.of : "queue"
    return key === "id" && known(params.kind) ? params.kind : IDS[key]
  }
  const say = (kind: Kind | undefined, value: unknown) =>
    kind && typeof value === "string" ? nameOf(kind, value, configuration, people, language) : String(value)
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      const kind = kindFor(key)
      if (Array.isArray(value)) return [key, list.format(value.map((one) => say(kind, one)))]
      return [key, typeof value === "number" ? value : say(kind, value)]
    }),
  )
}

/** The configuration as it would be with everything that is being changed, for names that are not saved yet. */
function useDrafted(): Snapshot {
  const snapshot = useSnapshot()
  const drafts = useAdminState((state) => state.drafts)
  return useMemo(() => {
    const configuration = Object.values(drafts).reduce((all, { kind, item }) => {
      const whole = withId(kind, item, all)
      return put(all, kind, "id" in whole ? whole.id : kind, whole)
    }, snapshot.configuration)
    return { ...snapshot, configuration }
  }, [snapshot, drafts])
}

export function useSay() {
  const { t, i18n } = useTranslation()
  const snapshot = useDrafted()
  const gaps = (params: Readonly<Record<string, unknown>>) => spoken(params, snapshot, i18n.language)
  return {
    // Problems come with names already.
    problem: ({ code, params }: Problem) =>
      t(`admin.problem.${code}`, { ...params, defaultValue: t("admin.problem.other", { code }) }),
    effect: ({ code, params }: Effect) => {
      const way = params.to === null ? "_nowhere" : code === "contacts_ended" ? `_${params.to}` : ""
      const key = code + way
      return t(`admin.effect.${key}`, { ...gaps(params), defaultValue: t("admin.effect.other", { code }) })
    },
  }
}
