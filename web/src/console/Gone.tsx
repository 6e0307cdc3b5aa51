import { Button } from "@mantine/core"
import { useTranslation } from "react-i18next"
import { StateCard } from "../staff/StateCard"
import { LoginPage } from "./LoginPage"

/** The server will not have this tab back: sign in again, or start anew. What was typed is kept in the tab. */
export function Gone({ code }: { code: string }) {
  const { t } = useTranslation()
  if (code === "not_signed_in") return <LoginPage note={t("staff.signed_out")} onEnter={() => location.reload()} />
  return (
    <StateCard
      title={t("staff.closed")}
      text={t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })}
    >
      <Button onClick={() => location.reload()}>{t("common.again")}</Button>
    </StateCard>
  )
}
