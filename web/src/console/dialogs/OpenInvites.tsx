import { Button } from "@mantine/core"
import { useTranslation } from "react-i18next"
import { openInvites, revokeInvite } from "../../data/invites"
import { useNow } from "../../staff/clock"
import { running } from "../../staff/format"
import { Refused } from "../../wire/control"
import type { SessionView } from "../../wire/view"
import { useConsole } from "../context"

/** What still lets somebody in, and how to take it back. */
export function OpenInvites({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const engine = useConsole()
  useNow()
  const invites = openInvites(view.invites, engine.now())
  if (invites.length === 0) return null
  const revoke = (id: string) =>
    revokeInvite(view.session.id, id).catch((cause) => {
      if (cause instanceof Refused) engine.onHappening({ kind: "refused", error: cause })
    })
  return (
    <section className="open-invites">
      <h3>{t("staff.invite.open")}</h3>
      <ul>
        {invites.map((one) => (
          <li key={one.id} className="person">
            <span className="grow">
              {t(`staff.invite.way_${one.way}`)} {one.to_name || one.to}
              <small>{t("staff.invite.good_for", { time: running(one.expires_at - engine.now()) })}</small>
            </span>
            <Button size="compact-md" variant="default" onClick={() => void revoke(one.id)}>
              {t("staff.invite.revoke")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
