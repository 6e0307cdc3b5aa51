import { Tooltip } from "@mantine/core"
import { IconWifi, IconWifiOff } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { useDesk } from "../context"

/** Whether this tab is connected to the server. */
export function LinkSign() {
  const { t } = useTranslation()
  const kind = useDesk((state) => state.link.kind)
  const open = kind === "open"
  const label = t(`staff.link.${kind}`)
  return (
    <Tooltip label={label}>
      <span className={open ? "link-sign" : "link-sign off"} role="img" aria-label={label}>
        {open ? <IconWifi size={18} /> : <IconWifiOff size={18} />}
      </span>
    </Tooltip>
  )
}
