import { Button } from "@mantine/core"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { SessionView } from "../../../wire/view"
import "./scene.css"

/** The page was stopped for good: says why, until it was read. */
export function PageAlarm({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const [read, setRead] = useState(false)
  if (!view.page?.alarm || read) return null
  return (
    <div className="page-alarm" role="alert">
      <p>
        <b>{t("staff.page.alarm")}</b> {t("staff.page.alarm_text")}
      </p>
      <Button size="compact-md" variant="default" onClick={() => setRead(true)}>
        {t("common.close")}
      </Button>
    </div>
  )
}
