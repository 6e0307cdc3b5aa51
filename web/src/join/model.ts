import type { LinkInfo } from "../contract/messages"
import type { Devices } from "../rtc/devices"
import type { CallbackForm } from "../ui/parts/callback"
import type { ChatState } from "../ui/parts/chat"
import type { RatingState } from "../ui/parts/ending"
import type { TokenStore } from "../wire/tokens"
import type { Call } from "./call"
import type { Check } from "./check"

/** Where one is before there is a session. */
export type Step =
  | { kind: "loading" }
  | { kind: "number" }
  | { kind: "invited"; link: string; info: LinkInfo }
  | { kind: "gone"; code: string }
  | { kind: "inside" }
  /** A newer window of the same person has the call. */
  | { kind: "elsewhere" }

/** What the views of the session window show, and what their buttons do. */
export interface WindowModel {
  readonly step: Step
  readonly store: TokenStore
  readonly call: Call | null
  readonly check: Check | null
  /** As typed. */
  number: string
  name: string
  readonly joining: boolean
  trouble: { code: string; retryAfter?: number } | null
  readonly chat: ChatState
  readonly rating: RatingState
  readonly callback: CallbackForm | null
  /** The choice of devices is open. */
  devices: Devices | null
  sureToLeave: boolean

  /** What a link is for. */
  look(token: string): Promise<void>
  join(by: { number?: string; link?: string }): Promise<void>
  /** Begin with a number, whatever was before. */
  startOver(): void
  settings(): Promise<void>
  /** Take the call back from the other window. */
  here(): void
  update: () => void
}
