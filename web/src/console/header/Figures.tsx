import { Tooltip } from "@mantine/core"
import { IconAlertTriangle, IconAlertTriangleFilled } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { type Figure, figures } from "../../data/figures"
import { useNow } from "../../staff/clock"
import { clock, percent, running } from "../../staff/format"
import { useConsole, useDesk } from "../context"

/** The own figures of the shift; a limit that is passed shows by colour, sign and words. */
export function Figures() {
  const { t, i18n } = useTranslation()
  const engine = useConsole()
  useNow()
  const shift = useDesk((state) => state.desk?.shift ?? null)
  const rules = useDesk((state) => state.desk?.rules ?? {})
  if (!shift) return null
  const { handled, handleTime, busy } = figures(shift, rules, engine.now())
  return (
    <Tooltip label={t("staff.figures.since", { time: clock(shift.since, i18n.language) })}>
      <dl className="figures">
        <Shown name="handled" figure={handled} text={String(handled.value ?? 0)} />
        <Shown
          name="handle_time"
          figure={handleTime}
          text={handleTime.value === null ? "–" : running(handleTime.value)}
        />
        <Shown name="busy" figure={busy} text={busy.value === null ? "–" : percent(busy.value, i18n.language)} />
      </dl>
    </Tooltip>
  )
}

function Shown({ name, figure, text }: { name: string; figure: Figure; text: string }) {
  const { t } = useTranslation()
  const { level } = figure
  return (
    <div className="figure" data-level={level} data-figure={name}>
      <dt>{t(`staff.figures.${name}`)}</dt>
      <dd>
        {level === "warn" && <IconAlertTriangle size={12} aria-hidden />}
        {level === "alarm" && <IconAlertTriangleFilled size={12} aria-hidden />}
        {text}
        {level !== "plain" && <span className="unseen">{t(`staff.figures.${level}`)}</span>}
      </dd>
    </div>
  )
}
