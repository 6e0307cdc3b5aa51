import { Button } from "@mantine/core"
import { useTranslation } from "react-i18next"
import { CallCard } from "../../callbacks/CallCard"
import type { CodeInfo } from "../../contract/messages"
import { queueOf } from "../../data/desk"
import * as model from "../../data/session"
import { initials } from "../../staff/format"
import type { SessionView } from "../../wire/view"
import { useDesk } from "../context"
import { useDialog } from "../dialogs/dialogs"

const NO_CODES: readonly CodeInfo[] = []

/** The stage with nothing to show: what the session waits for, and the first step. */
export function EmptyStage({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const dialogs = useDialog()
  const name = model.customerName(view) || t("staff.nameless")
  const { state, question, queue } = view.session
  const codes = useDesk((desk) => queueOf(desk.config, queue)?.outcome_codes ?? NO_CODES)
  if (state === "ended") {
    return (
      <div className="nothing">
        <h2>{t("staff.stage.over")}</h2>
        <p className="muted">{t("staff.stage.over_text")}</p>
      </div>
    )
  }
  if (model.awaitsAgreement(view)) {
    return (
      <div className="nothing">
        <h2>{t("staff.stage.agreement", { name })}</h2>
        <p className="muted">{t("staff.stage.agreement_text")}</p>
      </div>
    )
  }
  if (state === "inviting" && view.session.callback) {
    return <CallCard session={view.session.id} codes={codes} onInvite={() => dialogs.show("invite")} />
  }
  if (state === "inviting") {
    return (
      <div className="nothing">
        <h2>{t("staff.stage.inviting")}</h2>
        <p className="muted">{t("staff.stage.inviting_text")}</p>
        <Button onClick={() => dialogs.show("invite")}>{t("staff.stage.show_number")}</Button>
      </div>
    )
  }
  const here = model.customerOnline(view)
  return (
    <div className="nothing">
      <span className="avatar large" aria-hidden>
        {initials(model.customerName(view))}
      </span>
      <h2>{t(here ? "staff.stage.here" : "staff.stage.away", { name })}</h2>
      {question && <p className="question">{t("staff.quoted", { text: question })}</p>}
      <p className="muted">{t(here ? "staff.stage.here_text" : "staff.stage.away_text", { name })}</p>
    </div>
  )
}
