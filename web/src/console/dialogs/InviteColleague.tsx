import { Button } from "@mantine/core"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { Colleague } from "../../contract/messages"
import { teamInOrder } from "../../data/desk"
import { mayInvite } from "../../data/session"
import type { SessionView } from "../../wire/view"
import { useConsole, useDesk } from "../context"
import { MailForm } from "./InviteWays"

/** A second agent: one who is there now, or anybody by e-mail. The customer is asked before they come in. */
export function InviteColleague({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const team = useDesk((state) => (state.desk ? mayInvite(view, teamInOrder(state.desk)) : []))
  const mail = useDesk((state) => state.config?.mail ?? false)
  return (
    <div className="stack">
      <p className="muted">{t("staff.invite.colleague_text")}</p>
      {team.length === 0 && <p>{t("staff.invite.nobody")}</p>}
      <ul>
        {team.map((one) => (
          <Row key={one.user} one={one} session={view.session.id} />
        ))}
      </ul>
      {mail && (
        <details>
          <summary>{t("staff.invite.colleague_mail")}</summary>
          <MailForm
            session={view.session.id}
            request={{ way: "email", role: "agent", language: view.session.language }}
          />
        </details>
      )}
    </div>
  )
}

function Row({ one, session }: { one: Colleague; session: string }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const [asked, setAsked] = useState(false)
  const ask = async () => setAsked(await engine.act({ type: "agent.invite", user: one.user }, session))
  return (
    <li className="person">
      <span className={one.state === "ready" ? "dot live" : "dot hollow"} aria-hidden />
      <span className="grow">
        {one.name}
        <small>{[t(`staff.state.${one.state}`), one.department].filter(Boolean).join(" · ")}</small>
      </span>
      <Button variant="default" disabled={asked} onClick={() => void ask()}>
        {asked ? t("staff.invite.asked_in") : t("staff.invite.ask_in", { name: one.name })}
      </Button>
    </li>
  )
}
