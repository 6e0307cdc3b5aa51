import { Menu } from "@mantine/core"
import { useRef } from "react"
import { useTranslation } from "react-i18next"
import { useLayer } from "../screen/useLayer"
import type { Action } from "./actions"
import { keyName } from "./FolderBar"

interface Props {
  opened: boolean
  close: () => void
  /** Where its row begins, in pixels from the first. */
  top: number
  height: number
  actions: readonly Action[]
  name: string
}

/** All that can be done with the row, or with what is chosen. */
export function RowMenu({ opened, close, top, height, actions, name }: Props) {
  const { t } = useTranslation()
  const layer = useLayer()
  const dropdown = useRef<HTMLDivElement>(null)
  // The keys go there, also when it was opened by a click on what is no target of its own.
  const entered = () => dropdown.current?.querySelector<HTMLElement>("[role=menuitem]:not(:disabled)")?.focus()
  return (
    <Menu
      opened={opened}
      onClose={close}
      position="bottom-end"
      width={240}
      returnFocus={false}
      portalProps={layer}
      transitionProps={{ duration: 100, onEntered: entered }}
    >
      <Menu.Target>
        <span className="folder-anchor" aria-hidden style={{ top, height }} />
      </Menu.Target>
      <Menu.Dropdown ref={dropdown} className="tool-menu">
        {actions.map((action) => (
          <Menu.Item
            key={action.name}
            disabled={action.why !== null}
            onClick={action.run}
            rightSection={action.keys && <kbd>{t(`staff.folders.key.${keyName(action.keys)}`)}</kbd>}
          >
            {t(`staff.folders.act.${action.name}`)}
            {action.why && <small className="why">{t(`staff.folders.why.${action.why}`, { name })}</small>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
