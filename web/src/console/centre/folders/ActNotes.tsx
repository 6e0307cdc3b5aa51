import { Button } from "@mantine/core"
import { useTranslation } from "react-i18next"
import type { Act, Acts } from "../../../data/acts"
import { shownName } from "../../../data/foldermodel"
import { useStore } from "../../../data/store"
import { reasonText } from "./reasons"

interface Props {
  acts: Acts
  name: string
  back: () => void
}

/** What is being done there, and what was not. */
export function ActNotes({ acts, name, back }: Props) {
  const { t } = useTranslation()
  const all = useStore(acts.store, (state) => state)
  const waiting = all.filter((act) => act.state === "queued").length
  const shown = all.filter((act) => act.state !== "queued")
  return (
    <div className="folder-acts" role="status">
      {shown.map((act) => (
        <div key={act.key} className="page-note" data-failed={act.state === "failed" || undefined}>
          <span className="grow">{textOf(act)}</span>
          <Button
            size="compact-md"
            variant="default"
            onClick={() => {
              acts.stop(act.key)
              back()
            }}
          >
            {t(act.state === "failed" ? "common.close" : "staff.folders.stop")}
          </Button>
        </div>
      ))}
      {waiting > 0 && <p className="page-note">{t("staff.folders.more_deletes", { count: waiting })}</p>}
    </div>
  )

  function textOf(act: Act): string {
    const what = shownName(act.name)
    if (act.state === "asking") return t(`staff.folders.asking_${act.kind}`, { name, what })
    if (act.state !== "failed") return t(`staff.folders.doing_${act.kind}`, { what })
    return `${t(`staff.folders.failed_${act.kind}`, { what })} ${reasonText(t, act.reason, name)}`
  }
}
