import { Menu, Tooltip, UnstyledButton } from "@mantine/core"
import {
  IconMicrophone,
  IconMicrophoneOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconTools,
  IconVideo,
  IconVideoOff,
} from "@tabler/icons-react"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import { wantsIn } from "../../data/focus"
import * as model from "../../data/session"
import type { SessionView } from "../../wire/view"
import { useConsole, useMedia } from "../context"
import { useRoomWidth } from "../width"
import { Devices } from "./Devices"
import { Quality } from "./Quality"
import { GROUPS } from "./tool"
import { useTools } from "./useTools"
import { whyOver } from "./why"

/** Microphone, camera, hold, devices, quality: what goes out of here. */
export function CallBar({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const { media } = useConsole()
  const { id } = view.session
  const wide = useRoomWidth() === "wide"
  const wants = useMedia((state) => wantsIn(state.focus, id))
  const inFocus = useMedia((state) => state.focus.focus === id)
  const over = whyOver(view)
  const why = over ? t(`staff.why.${over}`, { name: model.customerName(view) }) : null
  const held = !inFocus && (wants.mic || wants.camera)
  return (
    <div className="call" role="toolbar" aria-label={t("staff.call.region")}>
      <Toggle
        label={t("staff.call.mic")}
        shortcut="M"
        on={wants.mic}
        why={why}
        icon={wants.mic ? <IconMicrophone size={18} /> : <IconMicrophoneOff size={18} />}
        run={() => media.setMic(id, !wants.mic)}
      />
      <Toggle
        label={t("staff.call.camera")}
        shortcut="V"
        on={wants.camera}
        why={why}
        icon={wants.camera ? <IconVideo size={18} /> : <IconVideoOff size={18} />}
        run={() => media.setCamera(id, !wants.camera)}
      />
      <Toggle
        label={held ? t("staff.call.resume") : t("staff.call.hold")}
        shortcut="H"
        on={false}
        why={why ?? (inFocus || held ? null : t("staff.why.nothing_on"))}
        icon={held ? <IconPlayerPlay size={18} /> : <IconPlayerPause size={18} />}
        run={() => (held ? media.resume(id) : media.hold(id))}
      />
      {!wide && <ToolMenu view={view} />}
      <span className="grow" />
      <Devices />
      <Quality view={view} />
    </div>
  )
}

interface ToggleProps {
  label: string
  shortcut: string
  on: boolean
  why: string | null
  icon: ReactNode
  run: () => void
}

function Toggle({ label, shortcut, on, why, icon, run }: ToggleProps) {
  return (
    <Tooltip label={why ?? `${label} · ${shortcut}`}>
      <UnstyledButton
        className={on ? "call-button on" : "call-button"}
        aria-label={label}
        aria-pressed={on}
        aria-disabled={why !== null || undefined}
        aria-description={why ?? undefined}
        aria-keyshortcuts={shortcut}
        onClick={() => why === null && run()}
      >
        {icon}
        <span>{label}</span>
      </UnstyledButton>
    </Tooltip>
  )
}

/** The rail, where there is no room for it. */
function ToolMenu({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const tools = useTools(view)
  const name = model.customerName(view) || t("staff.nameless")
  return (
    <Menu position="top" width={280}>
      <Menu.Target>
        <UnstyledButton className="call-button" aria-label={t("staff.rail.region")}>
          <IconTools size={18} />
          <span>{t("staff.rail.region")}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className="tool-menu">
        {GROUPS.map((group) => (
          <div key={group}>
            <Menu.Label>{t(`staff.rail.${group}`)}</Menu.Label>
            {tools
              .filter((tool) => tool.group === group)
              .map((tool) => (
                <Menu.Item key={tool.name} disabled={Boolean(tool.why)} onClick={tool.run}>
                  {t(`staff.tool.${tool.name}`)}
                  {tool.why && <small className="why">{t(`staff.why.${tool.why}`, { name })}</small>}
                </Menu.Item>
              ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
