import { Button, Checkbox, Modal } from "@mantine/core"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { shownName } from "../../../data/foldermodel"
import * as model from "../../../data/session"
import { Store, useStore } from "../../../data/store"
import type { Transfer } from "../../../data/transfer"
import { useConsole, useView } from "../../context"

/** The transfers that the agent is deciding about, by their batch: those of it come one after the other. */
const deciding = new Store<string | null>(null)

/** Ask what becomes of files whose names are taken. It opens on the agent's own doing alone, never over what they type. */
export const chooseFor = (batch: string): void => deciding.set(batch)

export function ConflictDialog() {
  const { t } = useTranslation()
  const { transfers } = useConsole().folders
  const batch = useStore(deciding, (now) => now)
  const clashes = useStore(transfers.store, (all) =>
    all.filter((one) => one.state === "conflict" && one.batch === batch).map((one) => one.key),
  )
  const first = useStore(transfers.store, (all) => all.find((one) => one.key === clashes[0]) ?? null)
  return (
    <Modal
      opened={first !== null}
      onClose={() => deciding.set(null)}
      title={t("staff.folders.conflict_title")}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {first && <Choice key={first.key} one={first} others={clashes.length - 1} />}
    </Modal>
  )
}

function Choice({ one, others }: { one: Transfer; others: number }) {
  const { t } = useTranslation()
  const { transfers } = useConsole().folders
  const view = useView(one.session)
  const [all, setAll] = useState(false)
  const values = {
    what: shownName(one.name),
    place: shownName([one.place.title, ...one.place.path].join(" / ")),
    name: (view && model.customerName(view)) || t("staff.nameless"),
  }
  const choose = (choice: "replace" | "keep_both" | "skip") => () => transfers.resolve(one.key, choice, all)
  return (
    <div className="stack">
      <p className="folder-what">{t("staff.folders.conflict_text", values)}</p>
      {others > 0 && (
        <Checkbox
          label={t("staff.folders.conflict_all", { count: others })}
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      )}
      <div className="stack folder-choices">
        <Button data-autofocus onClick={choose("keep_both")}>
          {t("staff.folders.keep_both")}
        </Button>
        <Button variant="default" onClick={choose("skip")}>
          {t("staff.folders.skip")}
        </Button>
        <Button variant="default" className="danger" onClick={choose("replace")}>
          {t("staff.folders.replace")}
        </Button>
      </div>
    </div>
  )
}
