import { Button } from "@mantine/core"
import { IconCheck, IconX } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { Grant } from "../../contract/messages"
import * as model from "../../data/session"
import { useNow } from "../../staff/clock"
import { running } from "../../staff/format"
import { nativeOf, OF_NATIVE } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import { useConsole, useDesk } from "../context"

/** How long an answer stays to be read. */
const SHOWN_S = 6
const NO: readonly Grant["state"][] = ["refused", "expired"]

/** What was asked of the customer, while it is open, and then the answer. */
export function ConsentPills({ view }: { view: SessionView }) {
  const offset = useDesk((state) => state.offset)
  const now = useNow() / 1000 + offset
  const open = model.askedByMe(view)
  const answered = view.grants.filter(
    (grant) =>
      grant.holder === view.you &&
      grant.basis !== "notice" &&
      grant.decided_at != null &&
      grant.decided_at > grant.asked_at &&
      now - grant.decided_at < SHOWN_S &&
      (grant.state === "granted" || NO.includes(grant.state)),
  )
  return (
    <div className="consents" role="status">
      {open.map((grant) => (
        <Asked key={grant.id} view={view} grant={grant} now={now} />
      ))}
      {answered.map((grant) => (
        <Answer key={grant.id} view={view} grant={grant} />
      ))}
    </div>
  )
}

function Asked({ view, grant, now }: { view: SessionView; grant: Grant; now: number }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const what = t(`staff.capability.${grant.capability}`)
  const name = model.personOf(view, grant.giver)?.name || t("staff.nameless")
  const client = grant.capability in OF_NATIVE && nativeOf(view, grant.giver) === null
  return (
    <div className="consent">
      <span className="grow">
        <b>{t("staff.consent.asked", { what })}</b>{" "}
        <span aria-hidden>{t("staff.consent.since", { name, time: running(now - grant.asked_at) })}</span>
        {client && <span className="consent-more">{t("staff.consent.client", { name })}</span>}
      </span>
      <Button
        size="compact-md"
        variant="default"
        onClick={() => void engine.act({ type: "grant.cancel", grant: grant.id }, view.session.id)}
      >
        {t("staff.consent.cancel")}
      </Button>
    </div>
  )
}

function Answer({ view, grant }: { view: SessionView; grant: Grant }) {
  const { t } = useTranslation()
  const yes = grant.state === "granted"
  const name = model.personOf(view, grant.giver)?.name || t("staff.nameless")
  const what = t(`staff.capability.${grant.capability}`)
  const key = yes ? "yes" : grant.state === "expired" ? "no_answer" : "no"
  return (
    <div className={yes ? "consent yes" : "consent no"}>
      {yes ? <IconCheck size={16} aria-hidden /> : <IconX size={16} aria-hidden />}
      {t(`staff.consent.${key}`, { name, what })}
    </div>
  )
}
