import { Popover, Select, UnstyledButton } from "@mantine/core"
import { IconSettings } from "@tabler/icons-react"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { listDevices } from "../../data/devices"
import { useConsole, useMedia } from "../context"

const KINDS = [
  ["audioinput", "micId", "mic"],
  ["videoinput", "cameraId", "camera"],
  ["audiooutput", "speakerId", "speaker"],
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
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([])
  useEffect(() => {
    const look = () => void listDevices().then(setDevices, () => {})
    look()
    navigator.mediaDevices?.addEventListener?.("devicechange", look)
    return () => navigator.mediaDevices?.removeEventListener?.("devicechange", look)
  }, [])
  return (
    <div className="stack">
      {KINDS.map(([kind, key, name]) => {
        const data = devices
          .filter((one) => one.kind === kind && one.deviceId !== "")
          .map((one, at) => ({ value: one.deviceId, label: one.label || t(`staff.device.${name}_n`, { n: at + 1 }) }))
        return (
          <Select
            key={key}
            label={t(`staff.device.${name}`)}
            placeholder={t("staff.device.default")}
            data={data}
            value={chosen[key]}
            onChange={(id) => media.useDevice(key, id)}
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
