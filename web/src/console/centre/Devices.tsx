import { Popover, Select, UnstyledButton } from "@mantine/core"
import { IconSettings } from "@tabler/icons-react"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { type Devices as Known, list } from "../../rtc/devices"
import { useConsole, useMedia } from "../context"

const KINDS = [
  ["micId", "mic"],
  ["cameraId", "camera"],
  ["speakerId", "speaker"],
] as const

/** Which microphone, camera and speaker. */
export function Devices() {
  const { t } = useTranslation()
  return (
    <Popover position="top-end" width={300} trapFocus>
      <Popover.Target>
        <UnstyledButton className="call-button" aria-label={t("staff.call.devices")}>
          <IconSettings size={18} />
          <span>{t("staff.call.devices")}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Choices />
      </Popover.Dropdown>
    </Popover>
  )
}

function Choices() {
  const { t } = useTranslation()
  const { media } = useConsole()
  const chosen = useMedia(({ micId, cameraId, speakerId }) => ({ micId, cameraId, speakerId }))
  const [devices, setDevices] = useState<Known>({ mic: [], camera: [], speaker: [] })
  useEffect(() => {
    const look = () => void list().then(setDevices, () => {})
    look()
    navigator.mediaDevices?.addEventListener?.("devicechange", look)
    return () => navigator.mediaDevices?.removeEventListener?.("devicechange", look)
  }, [])
  return (
    <div className="stack">
      {KINDS.map(([key, name]) => {
        const data = devices[name].map((one, at) => ({
          value: one.deviceId,
          label: one.label || t(`staff.device.${name}_n`, { n: at + 1 }),
        }))
        return (
          <Select
            key={key}
            label={t(`staff.device.${name}`)}
            placeholder={t("staff.device.default")}
            data={data}
            value={chosen[key]}
            onChange={(id) => media.chooseDevice(key, id)}
            clearable
            disabled={data.length === 0}
            comboboxProps={{ withinPortal: false }}
          />
        )
      })}
      <p className="small muted">{t("staff.device.hint")}</p>
    </div>
  )
}
