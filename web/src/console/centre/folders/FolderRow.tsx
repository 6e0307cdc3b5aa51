import { UnstyledButton } from "@mantine/core"
import { IconCheck, IconDots, IconFile, IconFolderFilled, IconLink, IconQuestionMark } from "@tabler/icons-react"
import type { MouseEvent } from "react"
import { useTranslation } from "react-i18next"
import type { FolderEntry } from "../../../contract/messages"
import { shownName } from "../../../data/foldermodel"
import { bytes } from "../../../staff/format"
import { Ago } from "../../Running"
import { Part } from "./Part"

const SIGNS = { folder: IconFolderFilled, file: IconFile, link: IconLink, other: IconQuestionMark }

interface Props {
  id: string
  entry: FolderEntry
  index: number
  height: number
  active: boolean
  chosen: boolean
  onClick: (event: MouseEvent, index: number) => void
  onOpen: (entry: FolderEntry) => void
  onMenu: () => void
}

export function FolderRow(props: Props) {
  const { t, i18n } = useTranslation()
  const { id, entry, index, height, active, chosen, onClick, onOpen, onMenu } = props
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
        onMenu()
      }}
    >
      <Part role="gridcell" className="folder-check" aria-hidden>
        <span>{chosen && <IconCheck size={14} />}</span>
      </Part>
      <Part
        role="gridcell"
        className="folder-name"
        title={name}
        onClick={(event) => {
          if (entry.kind !== "folder" || event.shiftKey || event.ctrlKey || event.metaKey) return
          event.stopPropagation()
          onOpen(entry)
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
      <Part role="gridcell" className="folder-more">
        <UnstyledButton
          className="icon-button"
          tabIndex={-1}
          aria-label={t("staff.folders.menu", { name })}
          onClick={(event) => {
            event.stopPropagation()
            onMenu()
          }}
          onDoubleClick={(event) => event.stopPropagation()}
        >
          <IconDots size={16} />
        </UnstyledButton>
      </Part>
    </Part>
  )
}
