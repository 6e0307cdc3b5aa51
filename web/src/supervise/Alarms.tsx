import { Alert } from "@mantine/core"
import { IconAlertTriangle } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { useSupervise } from "./context"

/** References that lead nowhere, and queues whose contacts come to nobody. */
export function Alarms() {
  const { t } = useTranslation()
  const alarms = useSupervise((view) => view.alarms)
  const empty = useSupervise((view) => [...view.queues.values()].filter((row) => row.agents === 0))
  const names = useSupervise((view) => view)
  const nameOf = (kind: string, id: string) =>
    (kind === "queue" ? names.queues.get(id)?.name : kind === "agent" ? names.agents.get(id)?.name : null) ?? id
  if (alarms.length === 0 && empty.length === 0) return null
  return (
    <Alert color="stop" icon={<IconAlertTriangle size={18} aria-hidden />} title={t("supervise.alarms")} role="alert">
      <ul className="alarm-list">
        {empty.map((row) => (
          <li key={row.id}>{t("supervise.alarm_no_agents", { queue: row.name })}</li>
        ))}
        {alarms.map((one) => (
          <li key={`${one.kind} ${one.id} ${one.of} ${one.to}`}>
            {t("supervise.alarm_dangling", {
              kind: t(`supervise.kind_${one.kind}`, { defaultValue: one.kind }),
              name: nameOf(one.kind, one.id),
              of: t(`supervise.kind_${one.of}`, { defaultValue: one.of }),
              to: one.to,
            })}
          </li>
        ))}
      </ul>
    </Alert>
  )
}
