/** The configuration of routing as the server keeps it: `webacd.core.config` in JSON. */

export const MEDIA = ["session", "voice", "callback", "chat", "email", "message"] as const
export type Medium = (typeof MEDIA)[number]
export type Limits = Partial<Record<Medium, number>>

export const MAX_CAPACITY = 8
export const MAX_LEVEL = 10
export const MAX_MEMBERS = 100

/** `label`: one text, or a JSON object of texts by language. */
export interface Choice {
  id: string
  label: string
}

export interface Named {
  id: string
  name: string
}

export interface SkillLevel {
  skill: string
  level: number
}

export interface End {
  to: "queue" | "callback" | "close"
  queue: string | null
}

export interface Step {
  after: number
  groups: string[]
  lower: number
  drop: string[]
  end: End | null
}

export interface CallbackPolicy {
  offer_after: number | null
  on_abandon: boolean
  attempts: number
  retry_seconds: number
  hours: string | null
}

export const RECORDING = ["off", "on_demand", "always"] as const

export interface QueueItem extends Named {
  wrap_up_seconds: number | null
  offer_seconds: number
  allow_pick: boolean
  ageing: number
  handle_seconds: number
  recording: (typeof RECORDING)[number]
  default: boolean
  outcome_codes: Choice[]
  priority: number
  skills: SkillLevel[]
  groups: string[]
  steps: Step[]
  sticky_days: number
  sticky_seconds: number
  hours: string | null
  service_level_seconds: number
  callback: CallbackPolicy
}

export interface AgentItem {
  id: string
  queues: string[]
  capacity: number
  groups: string[]
  skills: SkillLevel[]
  limits: Limits
}

export interface Span {
  start: string
  to: string
}

export interface SpecialDay {
  date: string
  name: string
  spans: Span[]
}

export interface HoursItem extends Named {
  zone: string
  week: Span[][]
  country: string
  region: string
  exceptions: SpecialDay[]
}

export interface Threshold {
  warn: number | null
  alarm: number | null
}

export interface Indicator {
  slow_count: number
  slow_seconds: number
  fast_count: number
  fast_seconds: number
}

export interface TeamListItem extends Named {
  members: string[]
  departments: string[]
  groups: string[]
}

export interface RulesItem {
  single_session: boolean
  grace_seconds: number
  missed_offer: "not_ready" | "stay_ready"
  missed_offers: number
  reask_seconds: number
  rejection_moves_back: boolean
  missed_offer_moves_back: boolean
  outbound_moves_back: boolean
  limits: Limits
  hops: number
  short_abandon_seconds: number
  indicator: Indicator
  busy: Threshold
  handle_time: Threshold
  handled: Threshold
}

export interface Configuration {
  queues: QueueItem[]
  agents: AgentItem[]
  reasons: Choice[]
  common_codes: Choice[]
  rules: RulesItem
  skills: Named[]
  groups: Named[]
  hours: HoursItem[]
  team_lists: TeamListItem[]
}

export interface Items {
  queue: QueueItem
  group: Named
  skill: Named
  agent: AgentItem
  hours: HoursItem
  reason: Choice
  outcome_code: Choice
  team_list: TeamListItem
  rules: RulesItem
}
export type Kind = keyof Items
export type Item = Items[Kind]

export interface Person {
  user: string
  name: string
  display_name: string
  department: string
  roles: string[]
  disabled: boolean
}

/** `kind` and `id` name something of kind `of` that does not exist: `to`. */
export interface Alarm {
  kind: Kind
  id: string
  of: Kind | "account"
  to: string
}

/** Where a problem is: `field` is a path into the item, as in `steps.0.after`; empty: the item as a whole. */
export interface Problem {
  kind: Kind | "file"
  id: string
  field: string
  code: string
  params: Record<string, unknown>
  /** What has an error is not saved; a warning is only said. */
  severity: "error" | "warning"
}

export interface Effect {
  code: string
  params: Record<string, unknown>
}

/** An item that would be changed. */
export interface Touched {
  kind: Kind
  id: string
  name: string
  what: "added" | "changed" | "removed"
}

/** What saving would do. `alarms`: all that there would be; those that are new are among the effects. */
export interface Checked {
  problems: Problem[]
  effects: Effect[]
  alarms: Alarm[]
  changed: Touched[]
}

export interface Snapshot {
  version: number
  configuration: Configuration
  alarms: Alarm[]
  people: Person[]
}

/** Lines of one `batch` were saved in one go, and are taken back in one go. */
export interface Change {
  version: number
  batch: number
  at: number
  by: string
  by_name: string
  kind: Kind
  id: string
  name: string
  before: Item | null
  after: Item | null
  undoes: number | null
}

/** A holiday; `date` as YYYY-MM-DD. */
export interface Holiday {
  date: string
  name: string
}

export interface Country {
  code: string
  name: string
  regions: string[]
}

/** From `start` to before `to`, seconds since the epoch; the same as the wall's clock shows them. */
export interface OpenSpan {
  start: number
  to: number
  local_start: string
  local_to: string
}

export interface DayPreview {
  date: string
  /** Of the exception or the holiday. */
  name: string
  spans: OpenSpan[]
}

export interface PolicyQuestion {
  queue: string
  medium: Medium
  priority: number
  skills: Record<string, number>
  agent: string | null
  customer_key: string
  waited: number
}
