import { Button } from "@mantine/core"
import { IconUserPlus } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { openOffers } from "../../data/desk"
import { useConsole, useDesk } from "../context"

/** A colleague asks for help in a session. An offer goes before it: that one runs out. */
export function InvitationBar() {
  const { t } = useTranslation()
  const engine = useConsole()
  const invitation = useDesk((state) => state.desk?.invitations[0] ?? null)
  const busy = useDesk((state) => openOffers(state.desk, engine.now()).length > 0)
  return (
    <>
      <p className="unseen" role="status">
        {invitation ? t("staff.invitation.told", { by: invitation.by_name, name: invitation.customer }) : ""}
      </p>
      {invitation && (
        <section
          className="call-bar-top"
          data-second={busy || undefined}
          aria-label={t("staff.invitation.region", { by: invitation.by_name })}
        >
          <IconUserPlus size={18} aria-hidden />
          <p className="grow cut">
            {t("staff.invitation.told", { by: invitation.by_name, name: invitation.customer })}
          </p>
          <Button
            size="compact-md"
            variant="default"
            onClick={() => void engine.act({ type: "invitation.decline" }, invitation.session)}
          >
            {t("staff.invitation.decline")}
          </Button>
          <Button size="compact-md" onClick={() => void engine.join(invitation.session)}>
            {t("staff.invitation.join")}
          </Button>
        </section>
      )}
    </>
  )
}
