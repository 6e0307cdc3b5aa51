import { useTranslation } from "react-i18next"
import * as model from "../../data/session"
import type { SessionView } from "../../wire/view"

/** Who is in the session, what they send, and who is in charge. */
export function People({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const inside = view.participants.filter((p) => p.left_at == null)
  return (
    <section>
      <h3>{t("staff.people.title")}</h3>
      <ul>
        {inside.map((person) => {
          const presence = model.presenceOf(view, person.id)
          const signs = [
            person.id === view.session.primary && t("staff.people.primary"),
            person.joined_at === null && t("staff.people.asked"),
            person.joined_at !== null && !presence?.online && t("staff.people.away"),
            presence?.on_hold && t("staff.on_hold"),
            presence?.muted && presence.streams.includes("mic") && t("staff.people.muted"),
            ...(presence?.streams ?? []).map((label) => t(`staff.people.${label}`)),
          ].filter(Boolean)
          return (
            <li key={person.id} className="person">
              <span className={presence?.online ? "dot live" : "dot hollow"} aria-hidden />
              <span className="grow">
                {person.name || t("staff.nameless")} {person.id === view.you && `(${t("staff.you")})`}
                <small>{[t(`staff.role.${person.role}`), ...signs].join(" · ")}</small>
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
