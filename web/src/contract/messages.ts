// Made by `rs-server schema` from the types of the messages. Do not edit.

/** The configuration as it was saved: a queue's outcome codes are its own alone, `common_codes` are the items of kind outcome_code. `problems`: all that is said of it as it is. */
export interface Administered {
  version: number
  configuration: Configuration
  alarms: Alarm[]
  people: Person[]
  problems: Problem[]
}

export interface AdministeredSite {
  key: string
  version: number
  settings: SiteSettings
}

/** `queues`: where customers can wait, as `[id, name]`; `skills` likewise. */
export interface AdministeredSites {
  sites: AdministeredSite[]
  queues: [string, string][]
  skills: [string, string][]
}

/** Why an agent does not get the contact; `skill`, `has` and `needs` with skill_missing. */
export interface AgainstIt {
  code: "at_capacity" | "declined" | "medium_limit" | "not_in_group" | "not_ready" | "not_this_queue" | "offline" | "reserved_for_another" | "skill_missing"
  skill: string | null
  skill_name: string | null
  has: number
  needs: number
}

export interface AgentConfig {
  id: string
  queues?: string[]
  capacity?: number
  groups?: string[]
  skills?: SkillLevel[]
  limits?: Record<string, number>
}

/** Ask a colleague into the session; shown in their console. */
export interface AgentInvite {
  type: "agent.invite"
  user: string
}

/** A colleague who was invited wants in; the customer is asked first. */
export interface AgentJoin {
  type: "agent.join"
}

export interface AgentRow {
  user: string
  name: string
  department: string
  state: "not_ready" | "offline" | "ready"
  reason: string | null
  since: number
  capacity: number
  queues: string[]
  groups: string[]
  skills: SkillOf[]
  missed: number
  in_hand: InHand[]
}

export interface AgentState {
  type: "agent.state"
  state: "not_ready" | "ready"
  reason?: string | null
}

/** An agent to transfer to, who is signed in. */
export interface AgentTarget {
  user: string
  name: string
  department: string
  state: "not_ready" | "ready"
  reason: string | null
  sessions: number
  capacity: number
}

export interface AgentVerdict {
  agent: string
  name: string
  eligible: boolean
  skill_sum: number
  load: number
  reasons: AgainstIt[]
}

/** A reference that leads nowhere: `kind` and `id` have it, `to` of kind `of` does not exist. */
export interface Alarm {
  kind: "agent" | "group" | "hours" | "outcome_code" | "queue" | "reason" | "rules" | "skill" | "team_list"
  id: string
  of: "account" | "group" | "hours" | "queue" | "skill"
  to: string
}

export interface AssetsAsked {
  hashes: string[]
}

/** In the order of the addresses, each once; a text that several of them have stands with the first. */
export interface AssetsFound {
  assets: PageAsset[]
}

/** Those that need not be sent. */
export interface AssetsKnown {
  known: string[]
}

/** Addresses that the page shows and may not read. */
export interface AssetsWanted {
  urls: string[]
}

/** `outcome` null: nobody has said yet what came of it. */
export interface AttemptInfo {
  number: number
  at: number
  agent_name: string
  outcome: "busy" | "later" | "no_answer" | "reached" | "unknown" | "wrong_number" | null
  note: string
}

/** Every 4 s: the path is alive. */
export interface Beat {
  type: "beat"
  now: number
}

/** Last frame before the server closes, with the reason. */
export interface Bye {
  type: "bye"
  error: ErrorInfo
}

export interface CallTimes {
  start: number
  end: number
}

/** What a waiting customer may choose from. `offer_after`: seconds of expected wait from which a callback is offered, also when the wait is unknown; null: never. `open`: begin and end of the next times at which we call, none when there are none in the coming days; null: at any time. */
export interface CallbackChoice {
  offer_after: number | null
  open: CallTimes[] | null
  number: string
}

/** What came of the attempt. `at`: for `later`, when to call instead. */
export interface CallbackClose {
  outcome: "busy" | "later" | "no_answer" | "reached" | "wrong_number"
  at?: number | null
  note?: string
  outcome_code?: string | null
}

/** Somebody is to be called. One of `number` and `email` is needed; a number without a country code is one of `country`. A customer has at most one live callback in a queue: another is refused with `conflict`. */
export interface CallbackCreate {
  queue: string
  name?: string
  number?: string
  email?: string
  country?: string
  zone?: string
  language?: string
  note?: string
  at?: number | null
  agent?: string | null
  agent_only?: boolean
  priority?: number
  source?: "agent" | "api"
}

export interface CallbackDetail {
  callback: CallbackInfo
  history: AttemptInfo[]
  dial?: string
  shown?: string
}

/** What becomes another; what is null stays. */
export interface CallbackEdit {
  version: number
  name?: string | null
  number?: string | null
  email?: string | null
  note?: string | null
  queue?: string | null
  at?: number | null
  agent?: string | null
  agent_only?: boolean | null
  priority?: number | null
}

export interface CallbackInfo {
  id: string
  reference: string
  queue: string
  queue_name: string
  name: string
  number: string
  email: string
  note: string
  language: string
  zone: string
  source: "abandon" | "agent" | "api" | "list" | "page" | "queue"
  state: "attempting" | "cancelled" | "done" | "failed" | "queued" | "scheduled"
  at: number
  agent: string | null
  agent_name: string
  agent_only: boolean
  priority: number
  tries: number
  attempts: number
  dialled: boolean
  session: string | null
  holder: string | null
  holder_name: string
  outcome: string
  created_at: number
  created_by_name: string
  ended_at: number | null
  version: number
}

export interface CallbackPage {
  rows: CallbackInfo[]
  next: string | null
}

/** How a queue calls back. */
export interface CallbackPolicy {
  offer_after?: number | null
  on_abandon?: boolean
  attempts?: number
  retry_seconds?: number
  hours?: string | null
}

/** `at` null: as soon as it is the customer's turn. */
export interface CallbackPromise {
  reference: string
  at: number | null
}

/** A waiting customer wants to be called instead, and the place in the queue is kept unless a time is chosen; or one who came while the queue is closed. */
export interface CallbackWish {
  number: string
  name?: string
  country?: string
  zone?: string
  at?: number | null
  language?: string
  note?: string
}

/** One line of the history. Lines of one `batch` were made in one go, and are taken back in one go. */
export interface Changed {
  version: number
  batch: number
  at: number
  by: string
  by_name: string
  kind: "agent" | "group" | "hours" | "outcome_code" | "queue" | "reason" | "rules" | "skill" | "team_list"
  id: string
  name: string
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  undoes: number | null
}

/** `key` is the sender's own mark: the same key twice is one line, whose id is the sender's, a dash, the key. */
export interface ChatPost {
  type: "chat.post"
  key: string
  text: string
  audience?: "everyone" | "staff"
}

export interface ChatTyping {
  type: "chat.typing"
  audience?: "everyone" | "staff"
}

/** What saving these would do. */
export interface CheckRequest {
  changes: (ProposedQueue | ProposedGroup | ProposedSkill | ProposedAgent | ProposedHours | ProposedReason | ProposedOutcomeCode | ProposedTeamList | ProposedRules)[]
}

/** What saving would do. Nothing was saved. */
export interface Checked {
  problems: Problem[]
  effects: Effect[]
  alarms: Alarm[]
  changed: Touched[]
}

/** Something to choose from a list: a reason or an outcome code. `label`: one text, or a JSON object of texts by language. */
export interface Choice {
  id: string
  label: string
}

/** How a native client joins: by the link, or by the number. Using one up takes the other with it, and so does asking again. Both are shown this once. */
export interface ClientLink {
  path: string
  number: string
  wheel: string
  expires_at: number
}

/** Volatile: put this into the clipboard. To the giver's client, of `by` (clipboard_in); or to who holds clipboard_out, of the giver (`by` and `giver` are the same). */
export interface ClipboardGot {
  type: "clipboard.got"
  by: string
  by_name: string
  giver: string
  text: string
}

/** Volatile. From the giver's native client (without `giver`): to those who hold clipboard_out; a text that nobody may have is refused with `not_allowed`. From who holds clipboard_in of `giver`: to that one's client. */
export interface ClipboardPut {
  type: "clipboard.put"
  text: string
  giver?: string | null
}

/** Help is not to be had now. */
export interface ClosedInfo {
  opens_at: number | null
  callback: boolean
}

export type Code = "at_capacity" | "bad_request" | "behind" | "by_group" | "conflict" | "controlled" | "file_digest" | "file_too_large" | "foreign_origin" | "invalid" | "link_invalid" | "mail_failed" | "media_refused" | "media_unavailable" | "no_consent" | "no_customer" | "not_allowed" | "not_found" | "not_ready" | "not_signed_in" | "offer_gone" | "pick_not_allowed" | "queue_closed" | "resume_refused" | "server_error" | "session_ended" | "throttled" | "too_large" | "unavailable" | "wrong_credentials"

export interface CodeInfo {
  code: string
  label: Record<string, string>
}

export interface Colleague {
  user: string
  name: string
  department: string
  state: "not_ready" | "offline" | "ready"
  reason: string | null
  since: number
  sessions: number
  capacity: number
  media?: ("callback" | "chat" | "email" | "message" | "session" | "voice")[]
  agent?: boolean
}

/** `id` counts up in the connection; the reply repeats it. */
export interface Command {
  type: "command"
  id: number
  session?: string | null
  body: ChatPost | ChatTyping | NoteSave | SessionLeave | SessionEnd | SessionReport | SessionRate | SessionRename | SessionHandOver | SessionTransfer | AgentInvite | AgentJoin | RecordingStart | RecordingStop | GrantAsk | GrantAnswer | GrantGive | GrantWithdraw | GrantCancel | StopAll | MediaOpen | MediaAnswer | MediaCandidate | MediaMute | MediaFocus | AgentState | OfferAccept | OfferReject | ContactPick | WrapUpDone | InvitationDecline | TeamBar | SuperviseWatch | SuperviseUnwatch | SuperviseState | SuperviseSkill | SuperviseQueue | SuperviseMove | SupervisePull | PageAct | PagePoint | PageChoose | PageActed | DesktopInput | DesktopChoose | DesktopPoint | DesktopShare | DesktopMeasure | ClipboardPut | FolderAsk | FolderAnswer
}

export interface Configuration {
  queues?: QueueConfig[]
  agents?: AgentConfig[]
  reasons?: Choice[]
  common_codes?: Choice[]
  rules?: Rules
  skills?: SkillConfig[]
  groups?: GroupConfig[]
  hours?: HoursConfig[]
  team_lists?: TeamList[]
}

/** An export. `deskside`: version of the file's form. */
export interface ConfigurationFile {
  deskside: number
  configuration: Configuration
}

export interface ConsentRow {
  capability: string
  giver: string
  holder: string
  state: string
  asked_at: number
  decided_at: number | null
  ended_at: number | null
  basis: string
}

export interface ContactPick {
  type: "contact.pick"
  contact: string
}

export interface CountryInfo {
  code: string
  name: string
  regions: string[]
}

/** State: what is named replaces what was there (by id); the `gone` lists name what is no longer. */
export interface DeskChanged {
  type: "desk.changed"
  me?: Colleague | null
  offers?: Offer[]
  offers_gone?: string[]
  waiting?: Waiting[]
  waiting_gone?: string[]
  team?: Colleague[]
  team_gone?: string[]
  teams?: Team[] | null
  bar?: string[] | null
  rules?: DeskRules | null
  shift?: Shift | null
  wrap_ups?: WrapUp[]
  wrap_ups_gone?: string[]
  invitations?: Invitation[]
  invitations_gone?: string[]
  sessions_gone?: string[]
}

/** What a console needs to know of the installation. */
export interface DeskConfig {
  company: string
  base_url: string
  queues: QueueInfo[]
  reasons: CodeInfo[]
  multisession: boolean
  capacity: number
  file_limit: number
  mail: boolean
  languages: string[]
}

/** Volatile: something was done to the reader. `kind`: state_set (state, reason), skill_set (skill, level), skill_removed (skill), queue_in (queue), queue_out (queue), contact_taken (customer), by a supervisor; or offer_missed (customer), by nobody; reported (reference, agents), to supervisors, by a customer who said that something was not right. `data` holds names, to be shown. */
export interface DeskNotice {
  type: "desk.notice"
  kind: "contact_taken" | "offer_missed" | "queue_in" | "queue_out" | "reported" | "skill_removed" | "skill_set" | "state_set"
  by_name?: string
  data?: Record<string, string>
}

/** What the desk's figures are measured by. */
export interface DeskRules {
  slow_count?: number
  slow_seconds?: number
  fast_count?: number
  fast_seconds?: number
  busy?: Limit
  handle_time?: Limit
  handled?: Limit
  reason_required?: boolean
}

export interface DeskSnapshot {
  type: "desk.snapshot"
  me: Colleague
  offers: Offer[]
  waiting: Waiting[]
  team: Colleague[]
  wrap_ups: WrapUp[]
  invitations: Invitation[]
  sessions: string[]
  teams?: Team[]
  bar?: string[]
  rules?: DeskRules
  shift?: Shift | null
}

/** Who views: another monitor of a desktop, another mode. None: as it is. The answer is `desktop.shared`. */
export interface DesktopChoose {
  type: "desktop.choose"
  giver: string
  monitor?: string | null
  mode?: "sampling" | "standard" | null
}

/** Volatile: input of `by`, who held the grant when it was passed on. After the `grant.changed` that ends the grant none comes; the client throws away what it has not applied by then, and lets go what is pressed. */
export interface DesktopDo {
  type: "desktop.do"
  by: string
  by_name: string
  picture: number
  events: (InputMove | InputButton | InputWheel | InputKey | InputText | InputRelease)[]
}

/** Who holds desktop_control or application_control of `giver`, for what is shown. Volatile. Refused with `not_allowed` without the grant (and noted), `conflict` when another picture is shown by now, `not_ready` while the client is away, `behind` when it does not keep up: send `release` then, once it is taken again. */
export interface DesktopInput {
  type: "desktop.input"
  giver: string
  picture: number
  events: (InputMove | InputButton | InputWheel | InputKey | InputText | InputRelease)[]
}

/** Volatile: show it on the screen. */
export interface DesktopMark {
  type: "desktop.mark"
  by: string
  by_name: string
  picture: number
  shown: ScreenPointer | ScreenHighlight | ScreenStroke | ScreenWipe
}

/** How it goes. Volatile; more than one in two seconds is dropped. */
export interface DesktopMeasure {
  type: "desktop.measure"
  rate: number
  delay: number
  bits: number
}

/** Who views. Volatile; shown on the giver's screen and to the others who view. */
export interface DesktopPoint {
  type: "desktop.point"
  giver: string
  picture: number
  shown: ScreenPointer | ScreenHighlight | ScreenStroke | ScreenWipe
}

/** Volatile, to the others who view: what somebody shows there. */
export interface DesktopPointed {
  type: "desktop.pointed"
  by: string
  giver: string
  picture: number
  shown: ScreenPointer | ScreenHighlight | ScreenStroke | ScreenWipe
}

/** Volatile, to who views: see `DesktopMeasure`. */
export interface DesktopQuality {
  type: "desktop.quality"
  giver: string
  rate: number
  delay: number
  bits: number
}

/** Volatile: show another monitor, in another mode. None: as it is. */
export interface DesktopSet {
  type: "desktop.set"
  by: string
  by_name: string
  monitor?: string | null
  mode?: "sampling" | "standard" | null
}

/** What is shown from now on; None: nothing. Refused with `not_allowed` while nobody may see that kind. To be said before the first frame of a picture and at each change of it, and again after each `Welcome`. */
export interface DesktopShare {
  type: "desktop.share"
  picture: Picture | null
}

/** State, to who views and to the giver: what `giver` shows, since when this kind of it. None: nothing. */
export interface DesktopShared {
  type: "desktop.shared"
  giver: string
  picture: Picture | null
  since?: number | null
}

/** Codes: queue_closes(queue, count; of those who wait there, and stay), contacts_moved(queue, to, count), contacts_ended(to, count; by the end of a step), contacts_returned(count), contacts_without_agents(queue, count), offers_rescinded(count), offers_made(count), agents_signed_out(agents, count), agents_over_capacity(agents, count), wrap_ups_ended(count). */
export interface Effect {
  code: string
  params: Record<string, unknown>
}

/** Where a contact goes that nobody took in time: to another queue (it keeps clock and id), to a callback (it ends, a callback is scheduled where a number is known, else it goes on waiting), or away with a word of regret. */
export interface End {
  to: "callback" | "close" | "queue"
  queue?: string | null
}

/** What an endpoint needs to open its socket. The token is shown in `Hello` and then replaced. */
export interface EndpointTicket {
  session: string
  reference: string
  token: string
  window_link?: string | null
  ignored?: Ignored[]
}

export interface ErrorInfo {
  code: Code
  message: string
  field?: string | null
  retry_after?: number | null
}

/** `seq` is the number of a durable event in its session, 0 for the others. */
export interface EventFrame {
  type: "event"
  session: string | null
  seq: number
  at: number
  body: SessionChanged | ParticipantChanged | GrantChanged | FileChanged | LineAdded | NoteChanged | InviteChanged | PresenceChanged | QueuePosition | SessionSnapshot | Typing | FileProgress | MediaOffer | MediaSlots | MediaCodec | MediaFailed | DeskSnapshot | DeskChanged | DeskNotice | SuperviseSnapshot | SuperviseChanged | PageActResult | PageTabs | PagePointed | DesktopDo | DesktopSet | DesktopMark | DesktopShared | DesktopPointed | DesktopQuality | ClipboardGot | FolderDo | FolderAnswered
}

export interface FileChanged {
  type: "file.changed"
  file: FileInfo
}

export interface FileCreated {
  id: string
  location: string
}

export interface FileInfo {
  id: string
  name: string
  size: number
  media_type: string
  sender: string
  state: "cancelled" | "failed" | "ready" | "uploading"
  created_at: number
  sha256?: string | null
  folder_of?: string | null
  folder_for?: string | null
}

/** Volatile: bytes that have arrived. */
export interface FileProgress {
  type: "file.progress"
  file: string
  received: number
}

export interface FileRow {
  id: string
  name: string
  size: number
  sender: string
  sha256: string | null
  state: string
  url?: string
}

/** The native client, for each ask: any `progress` and `asking`, then one that ends it. `holder`: who asked. */
export interface FolderAnswer {
  type: "folder.answer"
  ask: string
  holder: string
  answer: FolderEntries | FolderProgress | FolderAsking | FolderDone | FolderRefused
}

/** Volatile, to who asked. */
export interface FolderAnswered {
  type: "folder.answered"
  ask: string
  giver: string
  answer: FolderEntries | FolderProgress | FolderAsking | FolderDone | FolderRefused
}

/** Staff. `list` and `download` need files_read of `giver` (`list` files_write also does), all else files_write. `ask` is the sender's own mark, repeated in each answer. */
export interface FolderAsk {
  type: "folder.ask"
  ask: string
  giver: string
  op: FolderList | FolderMake | FolderRename | FolderDelete | FolderDownload | FolderUpload | FolderStop
}

/** The customer is asked whether to let this happen. More follows. */
export interface FolderAsking {
  result: "asking"
}

/** The client asks the customer each time. */
export interface FolderDelete {
  op: "delete"
  root: string
  path: string[]
}

/** Volatile, to the giver's native client: `by` asks, who held the grant when it was passed on. With the end of the grant all that is not done is stopped by the client, without an answer. */
export interface FolderDo {
  type: "folder.do"
  ask: string
  by: string
  by_name: string
  op: FolderList | FolderMake | FolderRename | FolderDelete | FolderDownload | FolderUpload | FolderStop
}

/** `file`: for a download, of the session. `name`: of an upload that was to keep both, what it is called now, where that is not what was asked. `replaced`: of one that was to replace, whether there was a file of that name. */
export interface FolderDone {
  result: "done"
  file?: string | null
  name?: string | null
  replaced?: boolean
}

/** The client sends it as a file of the session, whose id is in `done`. Whoever has it deletes it there. */
export interface FolderDownload {
  op: "download"
  root: string
  path: string[]
}

/** Ends a `list`. `next`: there is more, and this is what to ask for it with. */
export interface FolderEntries {
  result: "entries"
  entries: FolderEntry[]
  next?: string | null
}

/** `link`: something that leads elsewhere, which is not followed. `root`: its id, in the list of roots. */
export interface FolderEntry {
  name: string
  kind: "file" | "folder" | "link" | "other"
  size?: number | null
  changed?: number | null
  root?: string | null
}

/** What is in a folder; without `root`: the roots. `after`: `next` of the answer before. */
export interface FolderList {
  op: "list"
  root?: string | null
  path?: string[]
  after?: string | null
}

/** A new folder; the last name of the path is its own. */
export interface FolderMake {
  op: "make"
  root: string
  path: string[]
}

/** Bytes. More follows. */
export interface FolderProgress {
  result: "progress"
  done: number
  total: number
}

export interface FolderRefused {
  result: "refused"
  reason: "bad_name" | "changed" | "declined" | "denied" | "exists" | "failed" | "full" | "link" | "no_client" | "no_consent" | "not_empty" | "not_found" | "outside" | "stopped" | "too_large" | "too_many" | "unanswered"
  message?: string
}

export interface FolderRename {
  op: "rename"
  root: string
  path: string[]
  name: string
}

/** The ask that has this id is not wanted any more; its answer is `refused` with `stopped`, unless it was done. */
export interface FolderStop {
  op: "stop"
  ask: string
}

/** The client takes a file that the sender made for these folders, and which is ready, to this place; the last name of the path is its own. Once it is there the file of the session is gone. */
export interface FolderUpload {
  op: "upload"
  root: string
  path: string[]
  file: string
  exists?: "keep_both" | "refuse" | "replace"
}

/** `giver` lets `holder` use `capability`. For `record` the holder is the agent who asked. */
export interface Grant {
  id: string
  capability: "application_control" | "application_view" | "clipboard_in" | "clipboard_out" | "desktop_control" | "desktop_view" | "files_read" | "files_write" | "further_agent" | "hear" | "page_control" | "page_view" | "record" | "screen_view" | "see"
  giver: string
  holder: string
  state: "asked" | "cancelled" | "ended" | "expired" | "granted" | "refused" | "withdrawn"
  asked_at: number
  decided_at?: number | null
  ended_at?: number | null
  basis?: "answer" | "notice" | "own"
  expires_at?: number | null
  endpoint?: string | null
}

/** Yes to what needs the native client is only taken from one that can do it (`not_allowed` else); no, from any endpoint of the giver's. */
export interface GrantAnswer {
  type: "grant.answer"
  grant: string
  allow: boolean
}

export interface GrantAsk {
  type: "grant.ask"
  capability: "application_control" | "application_view" | "clipboard_in" | "clipboard_out" | "desktop_control" | "desktop_view" | "files_read" | "files_write" | "further_agent" | "hear" | "page_control" | "page_view" | "record" | "screen_view" | "see"
  giver?: string | null
}

/** The asker no longer asks, or gives back a view or control that was granted. */
export interface GrantCancel {
  type: "grant.cancel"
  grant: string
}

export interface GrantChanged {
  type: "grant.changed"
  grant: Grant
}

/** Give unasked: to `holder`, or to everybody of the other side who is in the session. As with a yes, what needs the native client is given there. */
export interface GrantGive {
  type: "grant.give"
  capability: "application_control" | "application_view" | "clipboard_in" | "clipboard_out" | "desktop_control" | "desktop_view" | "files_read" | "files_write" | "further_agent" | "hear" | "page_control" | "page_view" | "record" | "screen_view" | "see"
  holder?: string | null
}

/** The giver takes it back. All grants of the capability when no grant is named. */
export interface GrantWithdraw {
  type: "grant.withdraw"
  grant?: string | null
  capability?: "application_control" | "application_view" | "clipboard_in" | "clipboard_out" | "desktop_control" | "desktop_view" | "files_read" | "files_write" | "further_agent" | "hear" | "page_control" | "page_view" | "record" | "screen_view" | "see" | null
}

/** Agents to whom a queue overflows. Who is in it is said by the agents. */
export interface GroupConfig {
  id: string
  name: string
}

/** First frame of the client. An endpoint of a customer shows its resume token; staff come with their cookie. `since` names the last event number seen of each session. The native client says what it is and can, and shows the secret of its device: 128 random bits that it keeps there, apart from the token. The endpoint is bound to the first one shown (`resume_refused` with another). What is no endpoint of a native client and says it was one is refused with `not_allowed`, and the other way round. */
export interface Hello {
  type: "hello"
  token?: string | null
  since?: Record<string, number>
  native?: NativeClient | null
  device?: string | null
  version?: number
}

/** A customer asks for help from a page of a site. `queue` and `skills`: of those that the site lists for its pages; what is not among them is ignored, and the ticket says so. */
export interface HelpRequest {
  name: string
  question?: string
  language?: string
  page_url?: string
  queue?: string | null
  number?: string
  skills?: string[]
  attributes?: Record<string, string>
}

/** The newest first. */
export interface History {
  changes: Changed[]
}

export interface HolidayInfo {
  date: string
  name: string
}

/** Countries when none was asked for, else the days of its year. */
export interface Holidays {
  countries?: CountryInfo[]
  days?: HolidayInfo[]
}

/** When something is open, in local time of a zone. */
export interface HoursConfig {
  id: string
  name: string
  zone?: string
  week?: Span[][]
  country?: string
  region?: string
  exceptions?: SpecialDay[]
}

export interface HoursPreview {
  days: OpenDay[]
}

/** `from`: YYYY-MM-DD. */
export interface HoursQuestion {
  hours: HoursConfig
  from: string
  days?: number
}

export interface IceServer {
  urls: string[]
  username?: string
  credential?: string
}

/** A wish of a page that does not count, for whoever writes the page. `not_listed`: the site does not let its pages choose it. `gone`: it does, but there is no such queue or skill any more. */
export interface Ignored {
  field: "queue" | "skills"
  value: string
  reason: "gone" | "nobody" | "not_listed"
}

export interface Imported {
  version: number
  changed: number
}

/** A contact that takes one of an agent's slots. `since`: when it arrived. */
export interface InHand {
  contact: string
  medium: "callback" | "chat" | "email" | "message" | "session" | "voice"
  customer: string
  queue: string | null
  state: "active" | "offered" | "wrap_up"
  since: number
}

/** The four states of the waiting indicator: off when nothing waits that the agent can handle, on when something does, and blinking when so many wait or the oldest has waited so many seconds, whichever comes first. */
export interface Indicator {
  slow_count?: number
  slow_seconds?: number
  fast_count?: number
  fast_seconds?: number
}

/** 1 left, 2 middle, 3 right; at this place, wherever the pointer is by now. */
export interface InputButton {
  op: "button"
  x: number
  y: number
  button: number
  down: boolean
}

/** As in UI Events: KeyboardEvent.key ("a", "Enter", "Control", "F5") and .code ("KeyA"). */
export interface InputKey {
  op: "key"
  key: string
  code?: string
  down: boolean
}

export interface InputMove {
  op: "move"
  x: number
  y: number
}

/** Whatever this person holds down is let go: the viewer lost the focus. */
export interface InputRelease {
  op: "release"
}

/** Characters, whatever the layout has: what an input method made, or was pasted as typing. */
export interface InputText {
  op: "text"
  text: string
}

/** Notches; down and right are positive. */
export interface InputWheel {
  op: "wheel"
  x: number
  y: number
  dx?: number
  dy?: number
}

/** Code `invalid`: nothing was saved, for these reasons. */
export interface InvalidInfo {
  code: Code
  message: string
  field?: string | null
  retry_after?: number | null
  problems: Problem[]
}

/** A colleague asks the reader into a session. */
export interface Invitation {
  session: string
  customer: string
  by_name: string
  made_at: number
}

export interface InvitationDecline {
  type: "invitation.decline"
}

export interface Invite {
  id: string
  way: "email" | "link" | "number"
  role: "agent" | "customer"
  to: string
  to_name: string
  by_name?: string
  state: "expired" | "failed" | "open" | "revoked" | "used"
  made_at: number
  expires_at: number
}

/** Staff only. */
export interface InviteChanged {
  type: "invite.changed"
  invite: Invite
}

/** `url` and `number` are shown this once. */
export interface InviteCreated {
  invite: Invite
  url?: string | null
  number?: string | null
}

export interface InviteRequest {
  way: "email" | "link" | "number"
  role?: "agent" | "customer"
  to?: string
  language?: string
  message?: string
}

/** By number or by link, exactly one. */
export interface JoinRequest {
  number?: string | null
  link?: string | null
  name?: string | null
  language?: string
  native?: boolean
}

/** Where a figure begins to be told otherwise; None: never. */
export interface Limit {
  warn?: number | null
  alarm?: number | null
}

/** One line of the chat, which is also the log. `data` holds what the sentence of its kind needs: created: reference; queued: queue; asked: capability, giver; granted, refused, withdrawn, cancelled, expired: capability, holder; notice: capability; file: file, name, size; invited: way, to; control_passed: to; transferred: to, target (agent, queue); dropped: reason (recording: what is recorded of this person failed), label; page_alarm: nothing, what must never leave the customer's page did; sharing: what (desktop, application), name (of the monitor or application); control_on, control_off: capability, giver: this person began to use the control that they were given, and it is over; folder: act (list, make, rename, delete, download, upload), place (names from the root's on, with slashes; empty: the roots), to (of rename), giver: this person did it there; reported (for staff): the customer said that something was not right, `text` is what they said; ended: reason, and where that is `callback`: reference, at (seconds since the epoch; empty: as soon as possible); rated: stars. */
export interface Line {
  id: string
  at: number
  kind: "asked" | "back" | "cancelled" | "chat" | "control_off" | "control_on" | "control_passed" | "created" | "dropped" | "ended" | "expired" | "file" | "folder" | "granted" | "invited" | "joined" | "left" | "lost" | "notice" | "page_alarm" | "queued" | "rated" | "recording_off" | "recording_on" | "refused" | "reported" | "sharing" | "transferred" | "withdrawn"
  by: string | null
  by_name: string
  text?: string
  data?: Record<string, string>
  audience?: "everyone" | "staff"
}

export interface LineAdded {
  type: "line.added"
  line: Line
}

/** What the page behind a link may say before it is used. Looking uses nothing up. */
export interface LinkInfo {
  purpose: "agent_client" | "client" | "customer" | "window"
  company: string
  agent: string
  recording: "always" | "off" | "on_demand"
  languages: string[]
  ice_servers: IceServer[]
}

export interface LoginRequest {
  name: string
  password: string
}

export interface Mail {
  id: number
  at: number
  to: string
  subject: string
  text: string
}

export interface Marker {
  at: number
  kind: string
  text: string
}

export interface MediaAnswer {
  type: "media.answer"
  leg: string
  sdp: string
}

export interface MediaCandidate {
  type: "media.candidate"
  leg: string
  candidate: string
  mid?: string
}

/** Server, to a native client: somebody who sees what this leg sends on the line `label` has no decoder for it; from now on only in `codec`, which everybody has. */
export interface MediaCodec {
  type: "media.codec"
  leg: string
  label: "application" | "camera" | "desktop" | "mic" | "screen"
  codec: "vp8"
}

/** State: the path is gone (the worker died); open a new one now. `*`: there is none for an endpoint of this kind, whichever it thinks it has. */
export interface MediaFailed {
  type: "media.failed"
  leg: string
  native?: boolean
}

/** Staff: this is the one session that my microphone and camera go to. No session in the command: to none. In all others the agent is on hold. */
export interface MediaFocus {
  type: "media.focus"
}

/** Client: my microphone is silent (or not); shown to the others. */
export interface MediaMute {
  type: "media.mute"
  muted: boolean
}

/** Server: the offer. `publish` gives the mid of each line on which to send, `slots` the mids to receive on. `leg` names this PeerConnection; answers and candidates repeat it. `native` is that of the question. */
export interface MediaOffer {
  type: "media.offer"
  leg: string
  sdp: string
  publish: Record<string, string>
  audio_slots: string[]
  video_slots: string[]
  ice_servers: IceServer[]
  relay_only?: boolean
  native?: boolean
}

/** Client: make a fresh PeerConnection for me in this session (the first one, or after a failure). `native`: for the native client, which stands beside the window of the same participant and publishes their desktop or one application; each has a PeerConnection of its own. */
export interface MediaOpen {
  type: "media.open"
  native?: boolean
}

/** State: what each receiving mid carries now. A mid that is not named is empty. */
export interface MediaSlots {
  type: "media.slots"
  leg: string
  slots: Record<string, SlotContent>
}

/** `id` `all`: all monitors in one picture. */
export interface Monitor {
  id: string
  name: string
  width: number
  height: number
}

export interface Named {
  id: string
  name: string
}

export interface NamedItem {
  id: string
  name: string
}

export interface NamedLevel {
  skill: string
  name: string
  level: number
}

/** In `Hello`: the endpoint is the native client, and this is what it can on this machine. A client that can see but not inject, as on Wayland, leaves `control` out. */
export interface NativeClient {
  name: string
  version: string
  platform: "linux" | "macos" | "windows"
  can: ("application" | "clipboard" | "control" | "desktop" | "folders" | "marks")[]
}

/** To the source: begin a new epoch, for a viewer who cannot be told what went before. */
export interface NeedSnapshot {
  type: "page.need_snapshot"
}

/** Notes of the session; one text, shared by its agents. `version` counts the saves. */
export interface Note {
  text: string
  version: number
  saved_at: number
  saved_by: string
}

/** Staff only. */
export interface NoteChanged {
  type: "note.changed"
  note: Note
}

/** Refused with `conflict` when `version` is not the present one. */
export interface NoteSave {
  type: "note.save"
  text: string
  version: number
}

/** What was held back. */
export interface NoticeRow {
  at: number
  participant: string
  what: string
  count: number
}

export interface Offer {
  id: string
  contact: string
  session: string
  queue: string
  queue_name: string
  customer: string
  question: string
  arrived_at: number
  made_at: number
  deadline: number
  medium?: "callback" | "chat" | "email" | "message" | "session" | "voice"
  direct?: boolean
  transferred_by?: string
}

export interface OfferAccept {
  type: "offer.accept"
  offer: string
}

export interface OfferReject {
  type: "offer.reject"
  offer: string
}

export interface OpenDay {
  date: string
  name: string
  spans: OpenSpan[]
}

/** From `start` to before `to`, seconds since the epoch; the same as the wall's clock shows them, HH:MM. */
export interface OpenSpan {
  start: number
  to: number
  local_start: string
  local_to: string
}

export interface OutboundRequest {
  customer_name?: string
  queue?: string | null
  language?: string
}

/** What came of a contact, of whatever queue; those of one queue stand in the queue. `label` as in `Choice`. */
export interface OutcomeCode {
  id: string
  label: string
}

/** The source's tab, after the welcome and when it changes. `address`: origin and path, nothing more; it and `title` are empty while nobody may see the page. */
export interface PageAbout {
  type: "page.about"
  title: string
  address: string
  active: boolean
}

/** Staff with `page_control`. `act` is the sender's own mark, repeated in each `PageActResult`. */
export interface PageAct {
  type: "page.act"
  act: string
  epoch: number
  op: PageClick | PageHover | PageInsert | PageValue | PageKey | PageSelect | PageCheck | PageScroll | PageDrag | PageGo
}

/** Volatile, to staff: what became of an act of `by` (participant id). */
export interface PageActResult {
  type: "page.result"
  act: string
  by: string
  outcome: "asking" | "done" | "refused"
  reason?: "declined" | "disabled" | "failed" | "gone" | "hidden" | "masked" | "no_consent" | "no_page" | "off_site" | "old_epoch" | "too_many" | "unanswered" | "unsupported" | null
}

/** The customer's page, for each act that it was given. `holder`: participant whose act it was. */
export interface PageActed {
  type: "page.acted"
  act: string
  holder: string
  outcome: "asking" | "done" | "refused"
  reason?: "declined" | "disabled" | "failed" | "gone" | "hidden" | "masked" | "no_consent" | "no_page" | "off_site" | "old_epoch" | "too_many" | "unanswered" | "unsupported" | null
}

/** `hash` null: it is not to be had. `text` of a stylesheet only. */
export interface PageAsset {
  url: string
  hash: string | null
  mime?: string
  size?: number
  text?: string | null
}

/** Checkbox or radio button. */
export interface PageCheck {
  op: "check"
  node: number
  on: boolean
}

/** Staff with `page_view`: show this tab; None: the one that the customer uses. */
export interface PageChoose {
  type: "page.choose"
  tab?: string | null
}

/** The whole sequence of pointer and mouse events, then what the browser does on a click. `count`: which click of a row it is; a double click comes as 1, then 2. */
export interface PageClick {
  op: "click"
  node: number
  x: number
  y: number
  button?: number
  count?: number
  modifiers?: ("alt" | "ctrl" | "meta" | "shift")[]
}

/** To the source that is shown: an act of `by` (participant id), who has `page_control` now. */
export interface PageDo {
  type: "page.do"
  act: string
  by: string
  by_name: string
  epoch: number
  op: PageClick | PageHover | PageInsert | PageValue | PageKey | PageSelect | PageCheck | PageScroll | PageDrag | PageGo
}

/** From one place to another, with pointer, mouse and, where the element is draggable, drag events. */
export interface PageDrag {
  op: "drag"
  node: number
  x: number
  y: number
  to: number
  to_x: number
  to_y: number
}

/** The consents changed, or another tab is shown. A source for whom it opens sends a snapshot, of this `epoch`, and what follows, and stops when it closes. A viewer for whom it closes may not see the page any more, and takes away what is shown; to one, `epoch` is 0. */
export interface PageFlow {
  type: "page.flow"
  open: boolean
  epoch?: number
}

/** `to`: for `address`, a URL of the same site, or a path. */
export interface PageGo {
  op: "go"
  way: "address" | "back" | "forward" | "reload"
  to?: string
}

/** First frame of the client. `source`: the customer's page, which shows the `access` token of the control socket's welcome. `view`: staff, who come with their cookie. */
export interface PageHello {
  type: "page.hello"
  session: string
  role: "source" | "view"
  token?: string | null
  tab?: string | null
  version?: 1
}

/** A frame around the node; `node` None: none any more. */
export interface PageHighlight {
  mark: "highlight"
  node: number | null
}

export interface PageHover {
  op: "hover"
  node: number
  x: number
  y: number
}

/** Type text where the caret is. */
export interface PageInsert {
  op: "insert"
  node: number
  text: string
}

/** `key` as in UI Events KeyboardEvent.key: Enter, Tab, Backspace, ArrowLeft, a. */
export interface PageKey {
  op: "key"
  node: number
  key: string
  modifiers?: ("alt" | "ctrl" | "meta" | "shift")[]
}

/** To the source that is shown: what `by` (participant id) shows on the page. */
export interface PageMark {
  type: "page.mark"
  by: string
  by_name: string
  epoch: number
  shown: PagePointer | PageHighlight | PageStroke | PageWipe
}

/** The source's page wants nobody to see any of the session's tabs, or no longer so, whatever was allowed. It lasts until the other is said, over connections, or the tab does not come back; of several tabs, until the last. */
export interface PagePause {
  type: "page.pause"
  paused: boolean
}

/** Staff with `page_view`. Volatile. */
export interface PagePoint {
  type: "page.point"
  epoch: number
  shown: PagePointer | PageHighlight | PageStroke | PageWipe
}

/** Volatile, to the staff who see the page: what a colleague shows there. */
export interface PagePointed {
  type: "page.pointed"
  by: string
  epoch: number
  shown: PagePointer | PageHighlight | PageStroke | PageWipe
}

/** Laser pointer; `at` None: it left the page. */
export interface PagePointer {
  mark: "pointer"
  at: [number, number, number] | null
}

/** What of a site's pages may be seen and done, as CSS selectors. Everything typed or hidden is masked unless `unmask` names it; passwords and card fields always are. */
export interface PageRules {
  unmask?: string[]
  mask?: string[]
  risky?: string[]
  origins?: string[]
}

export interface PageScroll {
  op: "scroll"
  node: number
  x: number
  y: number
}

/** Options by their index: what they say may be masked. */
export interface PageSelect {
  op: "select"
  node: number
  options: number[]
}

/** A piece of a line drawn by hand. Pieces of one line have the same `stroke`; it fades after `end`. */
export interface PageStroke {
  mark: "stroke"
  stroke: number
  points: [number, number, number][]
  end?: boolean
}

/** A tab of the customer's with a page of the site. `address`: origin and path, without query and fragment. It and `title` are empty for who does not see the page. */
export interface PageTab {
  id: string
  title: string
  address: string
  active: boolean
  shown: boolean
}

/** State, to staff: the tabs that are connected, of a session with a page. `chosen`: by staff, not by use. An alarm is told to everybody, without tabs. */
export interface PageTabs {
  type: "page.tabs"
  tabs: PageTab[]
  chosen?: boolean
  paused?: boolean
  alarm?: boolean
  too_large?: boolean
}

/** Replace the whole value, of any field that has one: text, date, range, contenteditable. */
export interface PageValue {
  op: "value"
  node: number
  value: string
}

/** `epoch` is that of the source's first snapshot; 0 for a viewer. `open` as in `PageFlow`. */
export interface PageWelcome {
  type: "page.welcome"
  now: number
  epoch: number
  open: boolean
}

/** All that this person drew goes. */
export interface PageWipe {
  mark: "wipe"
}

/** One recorded track: seconds from the beginning of the timeline. */
export interface Part {
  id: string
  participant: string
  name: string
  role: string
  label: "application" | "camera" | "desktop" | "mic" | "page" | "screen"
  starts: number
  ends: number
  bytes: number
  frames: number
  complete: boolean
  codec: string
  url: string
}

export interface Participant {
  id: string
  role: "agent" | "customer" | "supervisor"
  name: string
  user: string | null
  joined_at: number | null
  left_at?: number | null
}

export interface ParticipantChanged {
  type: "participant.changed"
  participant: Participant
}

/** A staff account, to be named in the configuration. */
export interface Person {
  user: string
  name: string
  display_name: string
  department: string
  roles: string[]
  disabled: boolean
}

/** What is shown now. `name`: of the monitor, or of the application. `monitors`: for a desktop, those that can be chosen; `monitor` is the one that is shown. `paused`: there is nothing to see just now (minimised, locked). */
export interface Picture {
  number: number
  kind: "application" | "desktop"
  name: string
  width: number
  height: number
  monitors?: Monitor[]
  monitor?: string | null
  mode?: "sampling" | "standard"
  paused?: boolean
}

/** What routing says, with names. `waited` and `next_step` in seconds of waiting. */
export interface PolicyAnswer {
  queue: string
  queue_name: string
  medium: "callback" | "chat" | "email" | "message" | "session" | "voice"
  waited: number
  steps: number
  next_step: number | null
  skills: NamedLevel[]
  groups: NamedItem[]
  agent: string | null
  chosen: string | null
  open: boolean
  opens_at: number | null
  chosen_name: string | null
  agents: AgentVerdict[]
}

/** Who would get a contact that came now, or that came `waited` seconds ago? */
export interface PolicyQuestion {
  queue: string
  medium?: "callback" | "chat" | "email" | "message" | "session" | "voice"
  priority?: number
  skills?: Record<string, number>
  agent?: string | null
  customer_key?: string
  waited?: number
}

/** What of a participant changes by the second; not stored. */
export interface Presence {
  participant: string
  online: boolean
  streams: ("application" | "camera" | "desktop" | "mic" | "screen")[]
  muted?: boolean
  on_hold?: boolean
  media?: "connected" | "connecting" | "failed" | "none"
  round_trip_ms?: number | null
  loss?: number | null
  native?: NativeClient | null
}

export interface PresenceChanged {
  type: "presence.changed"
  presence: Presence
}

/** `field`: where in the item, like `steps.1.after`; empty: the item as a whole. `params`: what the code's words need. What has an error is not saved; a warning is only said. */
export interface Problem {
  kind: "agent" | "group" | "hours" | "outcome_code" | "queue" | "reason" | "rules" | "skill" | "team_list" | "file"
  id: string
  field: string
  code: string
  params: Record<string, unknown>
  severity: "error" | "warning"
  message: string
}

/** Without an item: it would be removed. */
export interface ProposedAgent {
  kind: "agent"
  id: string
  item: AgentConfig | null
}

/** Without an item: it would be removed. */
export interface ProposedGroup {
  kind: "group"
  id: string
  item: GroupConfig | null
}

/** Without an item: it would be removed. */
export interface ProposedHours {
  kind: "hours"
  id: string
  item: HoursConfig | null
}

/** Without an item: it would be removed. */
export interface ProposedOutcomeCode {
  kind: "outcome_code"
  id: string
  item: OutcomeCode | null
}

/** Without an item: it would be removed. */
export interface ProposedQueue {
  kind: "queue"
  id: string
  item: QueueConfig | null
}

/** Without an item: it would be removed. */
export interface ProposedReason {
  kind: "reason"
  id: string
  item: Choice | null
}

/** Without an item: it would be removed. */
export interface ProposedRules {
  kind: "rules"
  id: string
  item: Rules | null
}

/** Without an item: it would be removed. */
export interface ProposedSkill {
  kind: "skill"
  id: string
  item: SkillConfig | null
}

/** Without an item: it would be removed. */
export interface ProposedTeamList {
  kind: "team_list"
  id: string
  item: TeamList | null
}

/** `version`: of the configuration that the change was made on. */
export interface PutAgent {
  version: number
  item: AgentConfig
}

/** `version`: of the configuration that the change was made on. */
export interface PutGroup {
  version: number
  item: GroupConfig
}

/** `version`: of the configuration that the change was made on. */
export interface PutHours {
  version: number
  item: HoursConfig
}

/** `version`: of the configuration that the change was made on. */
export interface PutOutcomeCode {
  version: number
  item: OutcomeCode
}

/** `version`: of the configuration that the change was made on. */
export interface PutQueue {
  version: number
  item: QueueConfig
}

/** `version`: of the configuration that the change was made on. */
export interface PutReason {
  version: number
  item: Choice
}

/** `version`: of the configuration that the change was made on. */
export interface PutRules {
  version: number
  item: Rules
}

/** `version`: of the configuration that the change was made on. */
export interface PutSkill {
  version: number
  item: SkillConfig
}

/** `version`: of the configuration that the change was made on. */
export interface PutTeamList {
  version: number
  item: TeamList
}

export interface QueueConfig {
  id: string
  name: string
  wrap_up_seconds?: number | null
  offer_seconds?: number
  allow_pick?: boolean
  ageing?: number
  handle_seconds?: number
  recording?: "always" | "off" | "on_demand"
  default?: boolean
  outcome_codes?: Choice[]
  priority?: number
  skills?: SkillLevel[]
  groups?: string[]
  steps?: Step[]
  sticky_days?: number
  sticky_seconds?: number
  hours?: string | null
  service_level_seconds?: number
  callback?: CallbackPolicy
}

export interface QueueInfo {
  id: string
  name: string
  allow_pick: boolean
  recording: "always" | "off" | "on_demand"
  outcome_codes: CodeInfo[]
  wrap_up_seconds: number
}

/** For the waiting customer. `estimate` in seconds, None while it cannot be known. */
export interface QueuePosition {
  type: "queue.position"
  position: number
  estimate: number | null
}

/** `ready`, `busy` and `not_ready` are its agents who are signed in: with room for a contact, full, and the rest. */
export interface QueueRow {
  id: string
  name: string
  waiting: number
  oldest: number | null
  expected_wait: number | null
  agents: number
  ready: number
  busy: number
  not_ready: number
  answered: number
  in_time: number
  offered: number
  service_seconds: number
  groups?: string[]
}

/** A queue to transfer to. `expected_wait` in seconds, None while unknown; `ready`: how many of its agents are. */
export interface QueueTarget {
  id: string
  name: string
  waiting: number
  expected_wait: number | null
  ready: number
  open?: boolean
}

/** Asks the customer where the policy wants a question; otherwise gives notice and begins. */
export interface RecordingStart {
  type: "recording.start"
}

export interface RecordingStop {
  type: "recording.stop"
}

/** What a browser needs to try the relay. Empty: there is none. The credentials are good for some minutes. */
export interface RelayInfo {
  ice_servers: IceServer[]
}

/** Answer to a command: done when `error` is null. */
export interface Reply {
  type: "reply"
  id: number
  error?: ErrorInfo | null
}

/** `kind` and `id` name what does not exist: `to`, of kind `of`. */
export interface RoutingAlarm {
  kind: string
  id: string
  of: string
  to: string
}

/** Settings of the tenant. */
export interface Rules {
  single_session?: boolean
  grace_seconds?: number
  missed_offer?: "not_ready" | "stay_ready"
  missed_offers?: number
  reask_seconds?: number
  rejection_moves_back?: boolean
  missed_offer_moves_back?: boolean
  reason_required?: boolean
  outbound_moves_back?: boolean
  limits?: Record<string, number>
  hops?: number
  short_abandon_seconds?: number
  indicator?: Indicator
  busy?: Threshold
  handle_time?: Threshold
  handled?: Threshold
}

/** All of these, or none. `version`: of the configuration that they were made on. */
export interface SaveRequest {
  version: number
  changes: (ProposedQueue | ProposedGroup | ProposedSkill | ProposedAgent | ProposedHours | ProposedReason | ProposedOutcomeCode | ProposedTeamList | ProposedRules)[]
}

export interface Saved {
  ok?: boolean
}

export interface SavedSite {
  version: number
}

export interface SavedVersion {
  version: number
}

/** A frame from one corner to the other; None: none any more. */
export interface ScreenHighlight {
  mark: "highlight"
  box: [number, number, number, number] | null
}

/** Laser pointer; `at` None: it left the picture. */
export interface ScreenPointer {
  mark: "pointer"
  at: [number, number] | null
}

/** A piece of a line drawn by hand. Pieces of one line have the same `stroke`; it fades after `end`. */
export interface ScreenStroke {
  mark: "stroke"
  stroke: number
  points: [number, number][]
  end?: boolean
}

/** All that this person drew goes. */
export interface ScreenWipe {
  mark: "wipe"
}

export interface SessionChanged {
  type: "session.changed"
  session: SessionInfo
}

export interface SessionCreated {
  session: string
}

/** Session detail report (people, times, queue, media, notes, consents, control, files, outcome, rating). */
export interface SessionDetail {
  session: SessionInfo
  participants: Participant[]
  consents: ConsentRow[]
  files: FileRow[]
  lines: Line[]
  note: Note | null
  streams: Record<string, number>
  recorded: boolean
  notices?: NoticeRow[]
}

/** The primary agent ends the session for all. */
export interface SessionEnd {
  type: "session.end"
}

/** Another agent of the session becomes primary. */
export interface SessionHandOver {
  type: "session.hand_over"
  to: string
}

export interface SessionInfo {
  id: string
  reference: string
  state: "ended" | "inviting" | "live" | "waiting"
  kind: "inbound" | "outbound"
  company: string
  site: string | null
  queue: string | null
  queue_name: string | null
  customer_name: string
  question: string
  page_url: string
  language: string
  created_at: number
  waiting_since: number | null
  answered_at: number | null
  ended_at: number | null
  ended_by: "agent" | "customer" | "system" | null
  primary: string | null
  recording: boolean
  recording_policy: "always" | "off" | "on_demand"
  withheld?: ("application_control" | "application_view" | "clipboard_in" | "clipboard_out" | "desktop_control" | "desktop_view" | "files_read" | "files_write" | "further_agent" | "hear" | "page_control" | "page_view" | "record" | "screen_view" | "see")[]
  rating?: number | null
  comment?: string
  outcome_code?: string | null
  number?: string
  callback?: string | null
  skills?: Record<string, string>
  attributes?: Record<string, string>
}

/** The customer leaves for good; an agent who is not primary leaves. */
export interface SessionLeave {
  type: "session.leave"
}

export interface SessionPage {
  rows: SessionRow[]
  next: string | null
}

export interface SessionRate {
  type: "session.rate"
  stars: number
  comment?: string
}

/** An agent corrects the customer's name. */
export interface SessionRename {
  type: "session.rename"
  name: string
}

/** The customer: this is not right. Everything ends at once, the session too; supervisors are told, also of one that is over already. Again: no error, and nothing more. */
export interface SessionReport {
  type: "session.report"
  reason?: string
}

/** One line of the list of sessions. */
export interface SessionRow {
  session: SessionInfo
  agents: string[]
  duration: number | null
  recorded: boolean
}

/** Everything the reader may know of a session, true after event number `seq`. */
export interface SessionSnapshot {
  type: "session.snapshot"
  you: string
  seq: number
  session: SessionInfo
  participants: Participant[]
  grants: Grant[]
  files: FileInfo[]
  lines: Line[]
  presence: Presence[]
  note?: Note | null
  invites?: Invite[]
  position?: QueuePosition | null
  page?: PageTabs | null
  shares?: DesktopShared[]
}

/** The primary agent leaves, and the customer waits for another: for one of `queue`, or for `agent` (a staff user; should that one not take it, for `queue` or, without one, the queue it came from). */
export interface SessionTransfer {
  type: "session.transfer"
  queue?: string | null
  agent?: string | null
  note?: string
}

/** Own counts since the sign-in that began the shift, true at `at`; what runs on is reckoned from there. */
export interface Shift {
  since: number
  at: number
  signed_in: number
  busy: number
  handled: number
  handle: number
  online: boolean
  working: boolean
}

/** `by`: the staff account, empty for a command. `before`, `after`: null where there was no site. */
export interface SiteChanged {
  at: number
  by: string
  by_name: string
  before: SiteSettings | null
  after: SiteSettings | null
}

/** The newest first. */
export interface SiteHistory {
  changes: SiteChanged[]
}

/** What the embed may know before anybody clicks. */
export interface SiteInfo {
  key: string
  company: string
  languages: string[]
  capabilities: string[]
  recording: "always" | "off" | "on_demand"
  theme: Record<string, string>
  page?: PageRules | null
  closed?: ClosedInfo | null
  ignored?: Ignored[]
}

/** `version`: of the site that the change was made on; 0 for a new one. */
export interface SitePut {
  version: number
  settings: SiteSettings
}

/** `queues`, `skills`: beside `queue`, what a page may choose for those who ask for help there; what is deleted later does not count any more. `unmask`, `mask`, `risky`: as in `PageRules`. `asset_hosts`: from where the server may fetch pictures, fonts and stylesheets that the customer's browser may not read. `canaries`: typed in a test account; one that reaches the server stops the co-browsing. */
export interface SiteSettings {
  company: string
  origins: string[]
  languages: string[]
  queue: string
  queues?: string[]
  skills?: string[]
  capabilities: ("application_control" | "application_view" | "clipboard_in" | "clipboard_out" | "desktop_control" | "desktop_view" | "files_read" | "files_write" | "further_agent" | "hear" | "page_control" | "page_view" | "record" | "screen_view" | "see")[]
  accent?: string
  unmask?: string[]
  mask?: string[]
  risky?: string[]
  asset_hosts?: string[]
  canaries?: string[]
}

export interface SkillConfig {
  id: string
  name: string
}

/** Of an agent: how good; of a contact: how good at least. */
export interface SkillLevel {
  skill: string
  level?: number
}

export interface SkillOf {
  skill: string
  level: number
}

export interface SlotContent {
  participant: string
  label: "application" | "camera" | "desktop" | "mic" | "screen"
}

/** Part of a day, local time, `HH:MM`; `to` may be `24:00` and is always later than `start`. */
export interface Span {
  start: string
  to: string
}

/** A day that is unlike others: `date` as YYYY-MM-DD; no spans: closed all day. */
export interface SpecialDay {
  date: string
  name?: string
  spans?: Span[]
}

/** What changes for a contact that has waited `after` seconds since its arrival. Steps add up and only widen. */
export interface Step {
  after: number
  groups?: string[]
  lower?: number
  drop?: string[]
  end?: End | null
}

/** The giver's Stop: every view and control that the sender has granted ends now. Voice stays unless `voice`. */
export interface StopAll {
  type: "stop"
  voice?: boolean
}

/** State: rows replace those of the same id; the `gone` lists name what is no longer; None: as it was. */
export interface SuperviseChanged {
  type: "supervise.changed"
  agents?: AgentRow[]
  agents_gone?: string[]
  queues?: QueueRow[]
  queues_gone?: string[]
  waiting?: WaitingRow[]
  waiting_gone?: string[]
  alarms?: RoutingAlarm[] | null
  names?: SuperviseNames | null
}

/** A contact that waits or is being offered waits for another queue; arrival and priority stay. */
export interface SuperviseMove {
  type: "supervise.move"
  contact: string
  queue: string
}

/** What rows name by id. */
export interface SuperviseNames {
  skills?: Named[]
  groups?: Named[]
}

/** Take a contact that waits or is being offered, whatever the queue's rules. */
export interface SupervisePull {
  type: "supervise.pull"
  contact: string
}

/** Put an agent into a queue, or take the agent out. */
export interface SuperviseQueue {
  type: "supervise.queue"
  agent: string
  queue: string
  inside: boolean
}

/** Give an agent a skill, change its level, or, with level 0, take it. */
export interface SuperviseSkill {
  type: "supervise.skill"
  agent: string
  skill: string
  level: number
}

export interface SuperviseSnapshot {
  type: "supervise.snapshot"
  agents: AgentRow[]
  queues: QueueRow[]
  waiting: WaitingRow[]
  alarms: RoutingAlarm[]
  names: SuperviseNames
}

/** Make an agent who is signed in ready or not ready. */
export interface SuperviseState {
  type: "supervise.state"
  agent: string
  state: "not_ready" | "ready"
  reason?: string | null
}

export interface SuperviseUnwatch {
  type: "supervise.unwatch"
}

/** From now on: one `supervise.snapshot`, then what changes. */
export interface SuperviseWatch {
  type: "supervise.watch"
}

/** A list of colleagues that the administrator set. */
export interface Team {
  id: string
  name: string
  members: string[]
}

/** Puts these colleagues into the reader's team bar, in this order. */
export interface TeamBar {
  type: "team.bar"
  users: string[]
}

/** Up to 100 colleagues, shown to those of its departments and groups; to everybody when it names none. */
export interface TeamList {
  id: string
  name: string
  members?: string[]
  departments?: string[]
  groups?: string[]
}

/** Where a figure begins to be told otherwise; None: never. */
export interface Threshold {
  warn?: number | null
  alarm?: number | null
}

export interface TimedEvent {
  at: number
  seq: number
  body: unknown
}

/** A session to be replayed. All times are seconds from `began_at`. */
export interface Timeline {
  began_at: number
  duration: number
  parts: Part[]
  events: TimedEvent[]
}

/** An item that would be, or was, changed. */
export interface Touched {
  kind: "agent" | "group" | "hours" | "outcome_code" | "queue" | "reason" | "rules" | "skill" | "team_list"
  id: string
  name: string
  what: "added" | "changed" | "removed"
}

export interface TransferTargets {
  queues: QueueTarget[]
  agents: AgentTarget[]
}

/** Volatile: this participant is writing. */
export interface Typing {
  type: "typing"
  participant: string
  audience?: "everyone" | "staff"
}

export interface UserInfo {
  id: string
  name: string
  display_name: string
  department: string
  language: string
  roles: string[]
  permissions: string[]
}

export interface Waiting {
  contact: string
  session: string
  queue: string
  queue_name: string
  customer: string
  question: string
  arrived_at: number
  position: number
  estimate: number | null
  may_pick: boolean
  offered_to: string | null
  medium?: "callback" | "chat" | "email" | "message" | "session" | "voice"
  priority?: number
  can_handle?: boolean
  direct?: boolean
}

export interface WaitingRow {
  contact: string
  customer: string
  queue: string
  medium: "callback" | "chat" | "email" | "message" | "session" | "voice"
  arrived_at: number
  position: number
  priority: number
  offered_to: string | null
  agent: string | null
}

/** `resume` replaces the token shown (which stays good until this one is first used); `access` is the bearer token for HTTP. Both are null for staff. */
export interface Welcome {
  type: "welcome"
  now: number
  resume?: string | null
  access?: string | null
  session?: string | null
}

export interface WindowLink {
  path: string
}

export interface WrapUp {
  contact: string
  session: string
  customer: string
  queue: string | null
  deadline: number | null
}

export interface WrapUpDone {
  type: "wrap_up.done"
  contact: string
  outcome_code?: string | null
}

export type ClientBody = ChatPost | ChatTyping | NoteSave | SessionLeave | SessionEnd | SessionReport | SessionRate | SessionRename | SessionHandOver | SessionTransfer | AgentInvite | AgentJoin | RecordingStart | RecordingStop | GrantAsk | GrantAnswer | GrantGive | GrantWithdraw | GrantCancel | StopAll | MediaOpen | MediaAnswer | MediaCandidate | MediaMute | MediaFocus | AgentState | OfferAccept | OfferReject | ContactPick | WrapUpDone | InvitationDecline | TeamBar | SuperviseWatch | SuperviseUnwatch | SuperviseState | SuperviseSkill | SuperviseQueue | SuperviseMove | SupervisePull | PageAct | PagePoint | PageChoose | PageActed | DesktopInput | DesktopChoose | DesktopPoint | DesktopShare | DesktopMeasure | ClipboardPut | FolderAsk | FolderAnswer

export type ServerBody = SessionChanged | ParticipantChanged | GrantChanged | FileChanged | LineAdded | NoteChanged | InviteChanged | PresenceChanged | QueuePosition | SessionSnapshot | Typing | FileProgress | MediaOffer | MediaSlots | MediaCodec | MediaFailed | DeskSnapshot | DeskChanged | DeskNotice | SuperviseSnapshot | SuperviseChanged | PageActResult | PageTabs | PagePointed | DesktopDo | DesktopSet | DesktopMark | DesktopShared | DesktopPointed | DesktopQuality | ClipboardGot | FolderDo | FolderAnswered

export type ClientFrame = Hello | Command

export type ServerFrame = Welcome | Reply | EventFrame | Beat | Bye

export type PageServerFrame = PageWelcome | PageFlow | NeedSnapshot | PageDo | PageMark | Bye

export const ERROR_CODES = ["bad_request", "too_large", "not_signed_in", "wrong_credentials", "throttled", "not_allowed", "foreign_origin", "not_found", "conflict", "invalid", "link_invalid", "resume_refused", "session_ended", "no_consent", "no_customer", "offer_gone", "at_capacity", "not_ready", "pick_not_allowed", "file_too_large", "file_digest", "media_unavailable", "media_refused", "mail_failed", "by_group", "controlled", "queue_closed", "behind", "unavailable", "server_error"] as const
