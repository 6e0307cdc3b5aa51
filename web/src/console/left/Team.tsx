import { useTranslation } from "react-i18next"
import type { Colleague } from "../../contract/messages"
import { labelOf, teamInOrder } from "../../data/desk"
import { initials } from "../../staff/format"
import { useDesk } from "../context"
import { Running } from "../Running"

export function Team() {
  const { t } = useTranslation()
  const team = useDesk((state) => (state.desk ? teamInOrder(state.desk) : []))
  return (
    <section>
      <h2 className="label">
        {t("staff.team.title")} <span>{team.length}</span>
      </h2>
      {team.length === 0 && <p className="empty">{t("staff.team.empty")}</p>}
      <ul>
        {team.map((one) => (
          <Member key={one.user} one={one} />
        ))}
      </ul>
    </section>
  )
}

const SIGN = { ready: "dot live", not_ready: "dot hollow", offline: "dot off faded" } as const

function Member({ one }: { one: Colleague }) {
  const { t, i18n } = useTranslation()
  const reasons = useDesk((state) => state.config?.reasons ?? [])
  const state = t(`staff.state.${one.state}`)
  const why = labelOf(reasons, one.reason, i18n.language)
  return (
    <li className="item still">
      <span className="avatar" aria-hidden>
        {initials(one.name)}
      </span>
      <span className="grow">
        <span className="cut block">{one.name}</span>
        <small className="cut">
          {why ?? state}
          {one.state !== "offline" && (
            <>
              {" · "}
              <Running since={one.since} />
            </>
          )}
        </small>
      </span>
      {one.sessions > 0 && (
        <span className="muted small" role="img" aria-label={t("staff.team.sessions", { count: one.sessions })}>
          {one.sessions}
        </span>
      )}
      <span className={SIGN[one.state]} role="img" aria-label={state} />
    </li>
  )
}
