import { notifications } from "@mantine/notifications"
import type { TFunction } from "i18next"
import type { DeskNotice } from "../contract/messages"

const STAYS_MS = 15_000
const STAYS: readonly DeskNotice["kind"][] = ["offer_missed", "reported"]

/** What was done to the agent, in words: a later word on the same thing takes the place of an earlier one. What the
 * agent missed stays until it was read. */
export function tellNotice(notice: DeskNotice, reasonName: (reason: string) => string | null, t: TFunction): void {
  const { kind, data = {} } = notice
  const id = `notice ${kind.split("_")[0]} ${data.skill ?? data.queue ?? data.reference ?? ""}`
  notifications.hide(id)
  notifications.show({
    id,
    color: kind === "reported" ? "stop" : kind === "offer_missed" ? "yellow" : "accent",
    autoClose: STAYS.includes(kind) ? false : STAYS_MS,
    message: noticeText(notice, reasonName, t),
  })
}

export function noticeText(notice: DeskNotice, reasonName: (reason: string) => string | null, t: TFunction): string {
  const data = notice.data ?? {}
  const state = t(`staff.state.${data.state ?? "not_ready"}`)
  const reason = data.reason ? reasonName(data.reason) : null
  return t(`staff.notice.${notice.kind}`, {
    ...data,
    by: notice.by_name,
    state: reason ? `${state} · ${reason}` : state,
    customer: data.customer || t("staff.nameless"),
  })
}
