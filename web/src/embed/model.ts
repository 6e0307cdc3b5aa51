import type { SiteInfo } from "../contract/messages"
import type { CallbackForm } from "../ui/parts/callback"
import type { ChatState } from "../ui/parts/chat"
import type { RatingState } from "../ui/parts/ending"
import type { TokenStore } from "../wire/tokens"
import type { Visit } from "../wire/visit"

/** What the views of the panel show, and what their buttons do. */
export interface PanelModel {
  readonly site: SiteInfo | null
  readonly visit: Visit | null
  readonly store: TokenStore
  readonly open: boolean
  /** As typed in the form. */
  name: string
  asked: string
  readonly asking: boolean
  /** Code of the last refusal that the panel still shows, with seconds to wait. */
  readonly trouble: { code: string; retryAfter?: number } | null
  /** The browser kept the session window shut: its address as a link. */
  blocked: string | null
  /** The session window is open, and the browser does not let us bring it to the front. */
  readonly windowElsewhere: boolean
  readonly unread: number
  /** This tab, as staff may see it. */
  readonly page: { readonly shown: boolean }
  readonly chat: ChatState
  readonly rating: RatingState
  readonly callback: CallbackForm | null
  sureToLeave: boolean

  show(): void
  fold(): void
  help(): Promise<void>
  /** While it is closed: the form in which one leaves a number. */
  callMe(): void
  /** In a click: the session window. `anew`: a new one, even where there is one already. */
  talk(anew?: boolean): Promise<void>
  stop(): void
  leave(): void
  /** It is not right: end everything, and tell the company. */
  report(): void
  /** Back to the form. */
  again(): void
  /** Leave the page as it was before *Get help*. */
  done(): void
  update: () => void
}
