import { Button, Drawer, Tooltip, UnstyledButton } from "@mantine/core"
import { IconPhoneCall } from "@tabler/icons-react"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { CallbacksView } from "../../callbacks/CallbacksView"
import { useConsole, useDesk } from "../context"
import { useRoomWidth } from "../width"

/** The callbacks, over the desk: what is open there goes on. */
export function CallbacksEntry() {
  const { t } = useTranslation()
  const { user } = useConsole()
  const [open, setOpen] = useState(false)
  const [editing, setEditing] = useState(false)
  const phone = useRoomWidth() === "phone"
  const queues = useDesk((state) => state.config?.queues ?? [])
  const team = useDesk((state) => state.desk?.team ?? [])
  if (!user.permissions.includes("callbacks.manage")) return null
  const show = () => setOpen(true)
  return (
    <>
      {phone ? (
        <UnstyledButton className="icon-button" aria-label={t("callbacks.open")} onClick={show}>
          <IconPhoneCall size={18} />
        </UnstyledButton>
      ) : (
        <Tooltip label={t("callbacks.open")}>
          <Button variant="default" leftSection={<IconPhoneCall size={16} />} onClick={show}>
            {t("callbacks.open")}
          </Button>
        </Tooltip>
      )}
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        closeOnEscape={!editing}
        position="right"
        size={phone ? "100%" : "min(900px, 100%)"}
        title={t("callbacks.open")}
        closeButtonProps={{ "aria-label": t("callbacks.close") }}
      >
        <CallbacksView
          me={user.id}
          queues={queues}
          onEditing={setEditing}
          people={team.filter((one) => one.capacity > 0).map((one) => ({ id: one.user, name: one.name }))}
        />
      </Drawer>
    </>
  )
}
