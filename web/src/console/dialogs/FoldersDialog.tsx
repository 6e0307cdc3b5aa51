import { Modal, UnstyledButton } from "@mantine/core"
import { IconChevronRight, IconFolderOpen, IconFolderUp } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import * as screens from "../../data/screens"
import * as model from "../../data/session"
import type { SessionView } from "../../wire/view"
import { bringToFront } from "../centre/front"
import { useConsole, useView } from "../context"
import { useRoomWidth } from "../width"
import { useDialog } from "./dialogs"
import "./dialogs.css"

type Right = "files_read" | "files_write"
const WAYS: readonly { name: "read" | "write"; asks: readonly Right[]; Sign: typeof IconFolderOpen }[] = [
  { name: "read", asks: ["files_read"], Sign: IconFolderOpen },
  { name: "write", asks: ["files_read", "files_write"], Sign: IconFolderUp },
]

/** What of the customer's folders is wanted: to look, or to change things too. */
export function FoldersDialog({ session }: { session: string }) {
  const { t } = useTranslation()
  const { open, close } = useDialog()
  const view = useView(session)
  const phone = useRoomWidth() === "phone"
  return (
    <Modal
      opened={open === "folders"}
      onClose={close}
      title={t("staff.folders.ask_title")}
      size={480}
      fullScreen={phone}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {open === "folders" && view && <Ways view={view} />}
    </Modal>
  )
}

function Ways({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const { close } = useDialog()
  const name = model.customerName(view) || t("staff.nameless")
  const ask = (rights: readonly Right[]) => {
    for (const capability of rights) void engine.act({ type: "grant.ask", capability }, view.session.id)
    // As soon as there is something to see, that is what the agent wants to see.
    bringToFront(view.session.id, "folders")
    close()
  }
  return (
    <div className="stack">
      <p>{t("staff.folders.ask_text", { name })}</p>
      {WAYS.map(({ name: way, asks, Sign }, at) => {
        const why = asks.map((one) => screens.whyNot(view, one)).find((one) => one !== null) ?? null
        return (
          <UnstyledButton
            key={way}
            className="ask-way"
            data-autofocus={at === 0 || undefined}
            aria-disabled={why !== null || undefined}
            onClick={() => why === null && ask(asks)}
          >
            <Sign size={22} aria-hidden />
            <span className="grow">
              <b>{t(`staff.folders.ask_${way}`)}</b>
              <small>{why ? t(`staff.why.${why}`, { name }) : t(`staff.folders.ask_${way}_text`, { name })}</small>
            </span>
            <IconChevronRight size={16} aria-hidden />
          </UnstyledButton>
        )
      })}
    </div>
  )
}
