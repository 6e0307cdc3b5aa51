import * as model from "../../data/session"
import type { SessionView } from "../../wire/view"

export function whyOver(view: SessionView): string | null {
  if (model.isOver(view)) return "over"
  return model.awaitsAgreement(view) ? "agreement" : null
}

/** What needs the customer says so until the customer is there. */
export function whyNoCustomer(view: SessionView): string | null {
  const over = whyOver(view)
  if (over) return over
  if (view.session.state !== "live") return "not_joined"
  return model.customerOnline(view) ? null : "away"
}
