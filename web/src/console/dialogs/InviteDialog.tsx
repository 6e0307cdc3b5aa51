import { Modal, Tabs } from "@mantine/core"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { customerIn } from "../../data/session"
import { useDesk, useView } from "../context"
import { useRoomWidth } from "../width"
import { useDialog } from "./dialogs"
import { InviteColleague } from "./InviteColleague"
import { InviteByLink, InviteByMail, InviteByNumber } from "./InviteWays"
import { OpenInvites } from "./OpenInvites"
import "./dialogs.css"

/** Ask somebody in: the customer by number, link or e-mail, or a colleague. */
export function InviteDialog({ session }: { session: string }) {
  const { t } = useTranslation()
  const { open, close } = useDialog()
  const view = useView(session)
  const phone = useRoomWidth() === "phone"
  const waits = view?.session.state === "inviting"
  const [tab, setTab] = useState<string | null>(null)
  const mail = useDesk((state) => state.config?.mail ?? false)
  const joined = view !== undefined && customerIn(view) !== null
  const whyNot = joined ? t("staff.why.joined") : undefined
  const shown = open === "invite" && view !== undefined
  return (
    <Modal
      opened={shown}
      onClose={close}
      title={t("staff.invite.title")}
      size={480}
      fullScreen={phone}
      closeButtonProps={{ "aria-label": t("common.close") }}
      onExitTransitionEnd={() => setTab(null)}
    >
      {view && (
        <Tabs value={tab ?? (waits ? "number" : "colleague")} onChange={setTab} keepMounted={false}>
          <Tabs.List grow>
            <Tabs.Tab value="number" disabled={joined} title={whyNot}>
              {t("staff.invite.by_number")}
            </Tabs.Tab>
            <Tabs.Tab value="link" disabled={joined} title={whyNot}>
              {t("staff.invite.by_link")}
            </Tabs.Tab>
            <Tabs.Tab value="email" disabled={joined || !mail} title={mail ? whyNot : t("staff.why.no_mail")}>
              {t("staff.invite.by_mail")}
            </Tabs.Tab>
            <Tabs.Tab value="colleague">{t("staff.invite.colleague")}</Tabs.Tab>
          </Tabs.List>
          <div className="invite-body">
            <Tabs.Panel value="number">
              <InviteByNumber view={view} />
            </Tabs.Panel>
            <Tabs.Panel value="link">
              <InviteByLink view={view} />
            </Tabs.Panel>
            <Tabs.Panel value="email">
              <InviteByMail view={view} />
            </Tabs.Panel>
            <Tabs.Panel value="colleague">
              <InviteColleague view={view} />
            </Tabs.Panel>
          </div>
          <OpenInvites view={view} />
        </Tabs>
      )}
    </Modal>
  )
}
