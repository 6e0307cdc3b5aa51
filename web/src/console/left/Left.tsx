import { useTranslation } from "react-i18next"
import { Figures } from "../header/Figures"
import { useRoomWidth } from "../width"
import { MySessions } from "./MySessions"
import { Team } from "./Team"
import { Waiters } from "./Waiters"
import { WrapUps } from "./WrapUps"
import "./left.css"

export function Left({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  const phone = useRoomWidth() === "phone"
  return (
    <nav className="left" aria-label={t("staff.left.region")}>
      {phone && <Figures />}
      <MySessions onOpen={onOpen} />
      <WrapUps />
      <Waiters />
      <Team />
    </nav>
  )
}
