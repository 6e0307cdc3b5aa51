import { Button } from "@mantine/core"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../contract/messages"
import { homeOf, leave, mayOpen, type StaffApp } from "../data/auth"
import { StateCard } from "../staff/StateCard"
import { stillIn } from "./header/UserMenu"

/** Says who can open the page, and where this person can go instead. */
export function NotAllowed({ app, user }: { app: StaffApp; user: UserInfo }) {
  const { t } = useTranslation()
  const home = homeOf(user)
  return (
    <StateCard title={t("staff.not_allowed.title")} text={t(`staff.not_allowed.${app}`, { name: user.display_name })}>
      {mayOpen(home, user) && (
        <Button component="a" href={`/${home}`}>
          {t(`staff.not_allowed.go_${home}`)}
        </Button>
      )}
      <Button variant="default" onClick={() => void leave((code) => stillIn(code, t))}>
        {t("staff.menu.sign_out")}
      </Button>
    </StateCard>
  )
}
