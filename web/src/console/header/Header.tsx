import { Button, Tooltip, UnstyledButton } from "@mantine/core"
import { spotlight } from "@mantine/spotlight"
import { IconPlus, IconSearch } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { useConsole } from "../context"
import { useDialog } from "../dialogs/dialogs"
import { useRoomWidth } from "../width"
import { CallbacksEntry } from "./CallbacksEntry"
import { Figures } from "./Figures"
import { Indicator } from "./Indicator"
import { InvitationBar } from "./InvitationBar"
import { LinkSign } from "./LinkSign"
import { OfferBar } from "./OfferBar"
import { StateMenu } from "./StateMenu"
import { UserMenu } from "./UserMenu"
import "./header.css"

export function Header() {
  const { t } = useTranslation()
  const { user } = useConsole()
  const dialogs = useDialog()
  const phone = useRoomWidth() === "phone"
  return (
    <header className="header">
      {!phone && <b className="brand">Deskside</b>}
      <StateMenu />
      <Indicator />
      {!phone && <Figures />}
      <span className="grow" />
      {phone ? (
        <UnstyledButton className="icon-button" aria-label={t("staff.new.button")} onClick={() => dialogs.show("new")}>
          <IconPlus size={18} />
        </UnstyledButton>
      ) : (
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => dialogs.show("new")}>
          {t("staff.new.button")}
        </Button>
      )}
      <CallbacksEntry />
      <Tooltip label={`${t("staff.palette.open")} · Ctrl K`}>
        <UnstyledButton className="search-button" onClick={spotlight.open}>
          <span className="unseen">{t("staff.palette.open")}</span>
          <IconSearch size={16} />
          {!phone && <kbd aria-hidden>Ctrl K</kbd>}
        </UnstyledButton>
      </Tooltip>
      <LinkSign />
      <UserMenu user={user} onKeys={() => dialogs.show("keys")} />
      <OfferBar />
      <InvitationBar />
    </header>
  )
}
