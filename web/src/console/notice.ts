import { notifications } from "@mantine/notifications"
import type { TFunction } from "i18next"
import type { DeskNotice } from "../contract/messages"

/** What was done to the agent, in words; it stays until it was read. */
export function tellNotice(notice: DeskNotice, reasonName: (reason: string) => string | null, t: TFunction): void {
  notifications.show({ color: "accent", autoClose: false, message: noticeText(notice, reasonName, t) })
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
