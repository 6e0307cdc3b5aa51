import type {
  Colleague,
  DeskSnapshot,
  Grant,
  Line,
  Offer,
  Participant,
  SessionInfo,
  SessionSnapshot,
  Waiting,
} from "../../contract/messages"

/** Records for tests, each complete and changed by what is given. */
export const colleague = (part: Partial<Colleague> = {}): Colleague => ({
  user: "amelie",
  name: "Amélie Morel",
  department: "Support",
  state: "ready",
  reason: null,
  since: 0,
  sessions: 0,
  capacity: 3,
  ...part,
})

export const offer = (part: Partial<Offer> = {}): Offer => ({
  id: "o1",
  contact: "c1",
  session: "s1",
  queue: "q",
  queue_name: "Billing",
  customer: "Jeanne",
  question: "",
  arrived_at: 0,
  made_at: 100,
  deadline: 120,
  ...part,
})

export const waiting = (part: Partial<Waiting> = {}): Waiting => ({
  contact: "c1",
  session: "s1",
  queue: "q",
  queue_name: "Billing",
  customer: "Jeanne",
  question: "",
  arrived_at: 0,
  position: 1,
  estimate: null,
  may_pick: true,
  offered_to: null,
  ...part,
})

export const deskSnapshot = (part: Partial<DeskSnapshot> = {}): DeskSnapshot => ({
  type: "desk.snapshot",
  me: colleague(),
  offers: [],
  waiting: [],
  team: [],
  wrap_ups: [],
  invitations: [],
  sessions: [],
  ...part,
})

export const participant = (part: Partial<Participant> = {}): Participant => ({
  id: "customer",
  role: "customer",
  name: "Jeanne Petit",
  user: null,
  joined_at: 1,
  ...part,
})

export const grant = (part: Partial<Grant> = {}): Grant => ({
  id: "g1",
  capability: "screen_view",
  giver: "customer",
  holder: "agent",
  state: "asked",
  asked_at: 10,
  ...part,
})

export const line = (part: Partial<Line> = {}): Line => ({
  id: "l1",
  at: 1,
  kind: "chat",
  by: "customer",
  by_name: "Jeanne Petit",
  text: "",
  data: {},
  audience: "everyone",
  ...part,
})

export const info = (part: Partial<SessionInfo> = {}): SessionInfo => ({
  id: "s1",
  reference: "R",
  state: "live",
  kind: "inbound",
  company: "ACME",
  site: null,
  queue: "q",
  queue_name: "Billing",
  customer_name: "Jeanne Petit",
  question: "",
  page_url: "",
  language: "en",
  created_at: 0,
  waiting_since: null,
  answered_at: 5,
  ended_at: null,
  ended_by: null,
  primary: "agent",
  recording: false,
  recording_policy: "on_demand",
  ...part,
})

export const sessionSnapshot = (part: Partial<SessionSnapshot> = {}): SessionSnapshot => ({
  type: "session.snapshot",
  you: "agent",
  seq: 1,
  session: info(),
  participants: [participant(), participant({ id: "agent", role: "agent", name: "Amélie Morel", user: "amelie" })],
  grants: [],
  files: [],
  lines: [],
  presence: [{ participant: "customer", online: true, streams: [] }],
  ...part,
})
