import { useTranslation } from "react-i18next"
import { MySessions } from "./MySessions"
import { Team } from "./Team"
import { Waiters } from "./Waiters"
import { WrapUps } from "./WrapUps"
import "./left.css"

export function Left({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  return (
    <nav className="left" aria-label={t("staff.left.region")}>
      <MySessions onOpen={onOpen} />
      <WrapUps />
      <Waiters />
      <Team />
    </nav>
  )
}
