import { useTranslation } from "react-i18next"
import type { SessionInfo } from "../../contract/messages"

/** What the company's page said with the ask for help, apart from what we know ourselves: anybody could have sent it. */
export function PageSaid({ session }: { session: SessionInfo }) {
  const { t } = useTranslation()
  const said = Object.entries(session.attributes ?? {})
  if (said.length === 0) return null
  return (
    <section aria-label={t("staff.customer.said")}>
      <h3>{t("staff.customer.said")}</h3>
      <dl>
        {said.map(([name, value]) => (
          <div key={name}>
            <dt>
              <bdi>{name}</bdi>
            </dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
