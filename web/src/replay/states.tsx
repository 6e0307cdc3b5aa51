import { Button } from "@mantine/core"
import type { ReactNode } from "react"
import { useTranslation } from "react-i18next"
import classes from "./audit.module.css"

interface NoticeProps {
  title: string
  text?: string
  children?: ReactNode
  alert?: boolean
}

/** Says what the matter is with a page or a list, and the way out of it. */
export function Notice({ title, text, children, alert }: NoticeProps) {
  return (
    <div className={classes.notice} role={alert ? "alert" : undefined}>
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children && <div className={classes.row}>{children}</div>}
    </div>
  )
}

const KNOWN = new Set(["offline", "not_signed_in", "not_allowed", "not_found"])

/** What could not be loaded, in words; with another try where one can help. */
export function Failed({ code, again, replay }: { code: string; again: () => void; replay?: boolean }) {
  const { t } = useTranslation()
  const known = KNOWN.has(code) ? code : "server_error"
  const who = known === "not_allowed" && replay ? "not_allowed_replay" : known
  return (
    <Notice alert title={t(`audit.state.${known}`)} text={t(`audit.state.${who}_text`)}>
      {known === "not_signed_in" ? (
        <Button onClick={() => location.reload()}>{t("audit.state.sign_in")}</Button>
      ) : (
        known !== "not_allowed" && <Button onClick={again}>{t("audit.state.again")}</Button>
      )}
    </Notice>
  )
}
