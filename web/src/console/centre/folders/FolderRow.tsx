import { Menu, UnstyledButton } from "@mantine/core"
import { IconCheck, IconDots, IconFile, IconFolderFilled, IconLink, IconQuestionMark } from "@tabler/icons-react"
import { type MouseEvent, memo } from "react"
import { useTranslation } from "react-i18next"
import type { FolderEntry } from "../../../contract/messages"
import { shownName } from "../../../data/foldermodel"
import { bytes } from "../../../staff/format"
import { Ago } from "../../Running"
import type { Action } from "./actions"
import { keyName } from "./FolderBar"
import { Part } from "./Part"

const SIGNS = { folder: IconFolderFilled, file: IconFile, link: IconLink, other: IconQuestionMark }

interface Props {
  id: string
  entry: FolderEntry
  index: number
  height: number
  active: boolean
  chosen: boolean
  /** Of its menu, while that is open. */
  actions: (() => readonly Action[]) | null
  name: string
  onClick: (event: MouseEvent, index: number) => void
  onOpen: (entry: FolderEntry) => void
  onMenu: (open: boolean) => void
}

export function FolderRow(props: Props) {
  const { t, i18n } = useTranslation()
  const { id, entry, index, height, active, chosen, onClick, onOpen } = props
  const Sign = SIGNS[entry.kind]
  const name = shownName(entry.name)
  return (
    <Part
      id={id}
      role="row"
      className="folder-row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      data-active={active || undefined}
      data-kind={entry.kind}
      style={{ transform: `translateY(${index * height}px)`, height }}
      onClick={(event) => onClick(event, index)}
      onDoubleClick={() => onOpen(entry)}
      onContextMenu={(event) => {
        event.preventDefault()
        props.onMenu(true)
      }}
    >
      <Part role="gridcell" className="folder-check" aria-label={t("staff.folders.choose", { name })}>
        <span>{chosen && <IconCheck size={14} aria-hidden />}</span>
      </Part>
      <Part
        role="gridcell"
        className="folder-name"
        title={name}
        onClick={(event) => {
          if (entry.kind === "folder" && !event.shiftKey && !event.ctrlKey && !event.metaKey) onOpen(entry)
        }}
      >
        <Sign size={18} aria-hidden />
        <bdi className="cut">{name}</bdi>
        {entry.kind !== "file" && <span className="unseen">{t(`staff.folders.kind.${entry.kind}`)}</span>}
        {(entry.kind === "link" || entry.kind === "other") && (
          <small className="muted" aria-hidden>
            {t(`staff.folders.kind.${entry.kind}`)}
          </small>
        )}
      </Part>
      <Part role="gridcell" className="folder-size">
        {entry.kind === "file" && entry.size != null && bytes(entry.size, i18n.language)}
      </Part>
      <Part role="gridcell" className="folder-changed">
        {entry.changed != null && <Ago at={entry.changed} />}
      </Part>
      <RowMenu {...props} shown={name} />
    </Part>
  )
}

const RowMenu = memo(function RowMenu({ actions, name, onMenu, shown }: Props & { shown: string }) {
  const { t } = useTranslation()
  const button = (
    <UnstyledButton
      className="icon-button"
      tabIndex={-1}
      aria-label={t("staff.folders.menu", { name: shown })}
      onClick={(event) => {
        event.stopPropagation()
        onMenu(actions === null)
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <IconDots size={16} />
    </UnstyledButton>
  )
  return (
    <Part role="gridcell" className="folder-more">
      {actions === null ? (
        button
      ) : (
        <Menu opened onChange={(open) => !open && onMenu(false)} position="bottom-end" width={240} returnFocus={false}>
          <Menu.Target>{button}</Menu.Target>
          <Menu.Dropdown className="tool-menu" onClick={(event) => event.stopPropagation()}>
            {actions().map((action) => (
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
      )}
    </Part>
  )
})
