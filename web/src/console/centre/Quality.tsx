import { Tooltip } from "@mantine/core"
import { IconAntennaBars2, IconAntennaBars3, IconAntennaBars5, IconAntennaBarsOff } from "@tabler/icons-react"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import * as model from "../../data/session"
import type { SessionView } from "../../wire/view"
import { useConsole, useMedia } from "../context"
import { levelOf, measure } from "./quality"

const SIGNS = { good: IconAntennaBars5, fair: IconAntennaBars3, poor: IconAntennaBars2 }

/** The way to the server: one word, a sign, the delay. */
export function Quality({ view }: { view: SessionView }) {
  const { t, i18n } = useTranslation()
  const { media } = useConsole()
  const { id } = view.session
  const state = useMedia((all) => all.connection[id] ?? "new")
  const told = model.presenceOf(view, view.you)
  const [measured, setMeasured] = useState<number | null>(null)
  useEffect(() => {
    if (state !== "connected") return setMeasured(null)
    const look = async () => {
      const connection = media.connectionOf(id)
      if (connection) setMeasured(await measure(connection))
    }
    const timer = setInterval(() => void look().catch(() => {}), 2000)
    void look().catch(() => {})
    return () => clearInterval(timer)
  }, [media, id, state])
  if (model.isOver(view)) return null
  const delay = measured ?? told?.round_trip_ms ?? null
  const level = state === "connected" ? (levelOf(delay, told?.loss ?? null) ?? "good") : null
  if (!level) {
    const kind = state === "failed" || state === "disconnected" ? "lost" : state === "new" ? "none" : "connecting"
    return (
      <span className="quality">
        <IconAntennaBarsOff size={18} aria-hidden />
        {t(`staff.quality.${kind}`)}
      </span>
    )
  }
  const Sign = SIGNS[level]
  return (
    <Tooltip label={t("staff.quality.hint")}>
      <span className={`quality ${level}`}>
        <Sign size={18} aria-hidden />
        {t(`staff.quality.${level}`)}
        {delay !== null && `, ${new Intl.NumberFormat(i18n.language).format(Math.round(delay))} ms`}
      </span>
    </Tooltip>
  )
}
