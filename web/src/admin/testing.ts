import type { Configuration } from "./types"

export function emptyConfiguration(): Configuration {
  return {
    queues: [],
    agents: [],
    reasons: [],
    common_codes: [],
    skills: [],
    groups: [],
    hours: [],
    team_lists: [],
    rules: {
      single_session: false,
      grace_seconds: 8,
      missed_offer: "not_ready",
      missed_offers: 1,
      reason_required: false,
      reask_seconds: 5,
      rejection_moves_back: false,
      missed_offer_moves_back: false,
      outbound_moves_back: true,
      limits: {},
      hops: 5,
      short_abandon_seconds: 5,
      indicator: { slow_count: 3, slow_seconds: 60, fast_count: 6, fast_seconds: 180 },
      busy: { warn: null, alarm: null },
      handle_time: { warn: null, alarm: null },
      handled: { warn: null, alarm: null },
    },
  }
}
