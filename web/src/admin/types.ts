import type * as contract from "../contract/messages"

export type {
  Alarm,
  Checked,
  Choice,
  CountryInfo,
  Effect,
  HolidayInfo,
  OpenDay,
  Person,
  Problem,
  Span,
  Touched,
} from "../contract/messages"

export const MEDIA = ["session", "voice", "callback", "chat", "email", "message"] as const
export type Medium = (typeof MEDIA)[number]
export const RECORDING = ["off", "on_demand", "always"] as const

export const MAX_CAPACITY = 8
export const MAX_LEVEL = 10
export const MAX_MEMBERS = 100

/** With every field: what may be left out on the way in always comes out. */
type Full<T> = T extends readonly (infer One)[]
  ? Full<One>[]
  : T extends object
    ? { [Key in keyof T]-?: Full<Exclude<T[Key], undefined>> }
    : T

export type Configuration = Full<contract.Configuration>
export type QueueItem = Full<contract.QueueConfig>
export type AgentItem = Full<contract.AgentConfig>
export type HoursItem = Full<contract.HoursConfig>
export type TeamListItem = Full<contract.TeamList>
export type RulesItem = Full<contract.Rules>
export type Named = Full<contract.SkillConfig>
export type Step = Full<contract.Step>
export type End = Full<contract.End>
export type SpecialDay = Full<contract.SpecialDay>
export type SkillLevel = Full<contract.SkillLevel>

export interface Items {
  queue: QueueItem
  group: Named
  skill: Named
  agent: AgentItem
  hours: HoursItem
  reason: contract.Choice
  outcome_code: contract.Choice
  team_list: TeamListItem
  rules: RulesItem
}
export type Kind = keyof Items
export type Item = Items[Kind]

export type Snapshot = Omit<contract.Administered, "configuration"> & { configuration: Configuration }
export type Change = Omit<contract.Changed, "before" | "after"> & { before: Item | null; after: Item | null }
export type PolicyQuestion = Full<contract.PolicyQuestion>
