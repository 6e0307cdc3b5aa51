import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { useNow } from "../../staff/clock"
import { useDesk } from "../context"

const PATIENCE_MS = 1000

/** Said only when the line stays away: a blink of the network is nobody's business. */
export function LinkBanner() {
  const open = useDesk((state) => state.link.kind === "open")
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (open) return setLate(false)
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [open])
  return open || !late ? null : <Banner />
}

function Banner() {
  const { t } = useTranslation()
  const link = useDesk((state) => state.link)
  const now = useNow()
  const left = link.kind === "offline" ? Math.max(0, Math.ceil((link.retryAt - now) / 1000)) : 0
  return (
    <div className="banner" role="status">
      <span className="dot" />
      <span>{t("staff.link.lost")}</span>
      <b>{left > 0 ? t("staff.link.again_in", { count: left }) : t("staff.link.trying")}</b>
    </div>
  )
}
