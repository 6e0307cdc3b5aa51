import { Modal } from "@mantine/core"
import { useTranslation } from "react-i18next"
import { useDialog } from "./dialogs"

const KEYS = [
  ["Alt A", "accept"],
  ["Alt 1 … 8", "switch"],
  ["Ctrl K", "palette"],
  ["M", "mic"],
  ["V", "camera"],
  ["H", "hold"],
  ["S", "ask_screen"],
  ["P", "share"],
  ["E Y", "desktop"],
  ["A U", "application"],
  ["B", "folders"],
  ["Ctrl Alt Shift", "way_out"],
  ["W", "page_view"],
  ["K", "page_control"],
  ["L G D", "page_marks"],
  ["X", "page_wipe"],
  ["C", "chat"],
  ["N", "notes"],
  ["F", "files"],
  ["I", "invite"],
  ["R", "record"],
  ["O", "hand_over"],
  ["T", "transfer"],
  ["?", "keys"],
] as const

const IN_FOLDERS = [
  ["Enter", "folder_open"],
  ["Backspace", "folder_up"],
  ["Space", "folder_choose"],
  ["F2", "folder_rename"],
  ["Delete", "folder_delete"],
  ["Ctrl U", "folder_upload"],
  ["Shift F10", "folder_menu"],
  ["A … Z", "folder_jump"],
] as const

export function KeysDialog() {
  const { t } = useTranslation()
  const { open, close } = useDialog()
  return (
    <Modal
      opened={open === "keys"}
      onClose={close}
      title={t("staff.keys.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Keys list={KEYS} />
      <h3>{t("staff.keys.in_folders")}</h3>
      <Keys list={IN_FOLDERS} />
      <p className="small muted">{t("staff.keys.hint")}</p>
    </Modal>
  )
}

function Keys({ list }: { list: readonly (readonly [key: string, name: string])[] }) {
  const { t } = useTranslation()
  return (
    <dl className="keys">
      {list.map(([key, name]) => (
        <div key={name}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{t(`staff.keys.${name}`)}</dd>
        </div>
      ))}
    </dl>
  )
}
