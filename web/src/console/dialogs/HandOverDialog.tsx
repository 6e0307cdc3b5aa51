import { Button, Modal } from "@mantine/core"
import { useTranslation } from "react-i18next"
import { mayTakeOver } from "../../data/session"
import { useConsole, useView } from "../context"
import { useDialog } from "./dialogs"

/** Another agent of the session becomes the one in charge. */
export function HandOverDialog({ session }: { session: string }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const { open, close } = useDialog()
  const view = useView(session)
  const heirs = view ? mayTakeOver(view) : []
  const give = async (to: string) => {
    if (await engine.act({ type: "session.hand_over", to }, session)) close()
  }
  return (
    <Modal
      opened={open === "hand_over"}
      onClose={close}
      title={t("staff.hand_over.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <div className="stack">
        <p className="muted">{t(heirs.length ? "staff.hand_over.text" : "staff.why.no_agent")}</p>
        <ul>
          {heirs.map((one) => (
            <li key={one.id} className="person">
              <span className="grow">{one.name}</span>
              <Button onClick={() => void give(one.id)}>{t("staff.hand_over.give", { name: one.name })}</Button>
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  )
}
