import { UnstyledButton } from "@mantine/core"
import { IconAlertTriangle } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { QueueRow } from "../contract/messages"
import { serviceLevel, trouble } from "../data/supervise"
import { percent, running } from "../staff/format"
import { useServerNow, useSupervise } from "./context"

interface Props {
  chosen: string | null
  /** What is listed below. */
  part: "agents" | "waiting"
  onOpen: (queue: string | null, part: "agents" | "waiting") => void
}

/** A tile for each queue. Its numbers open what is behind them. */
export function Queues({ chosen, part, onOpen }: Props) {
  const { t } = useTranslation()
  const queues = useSupervise((view) => [...view.queues.values()])
  return (
    <section aria-label={t("supervise.queues")}>
      {queues.length === 0 && <p className="muted">{t("supervise.no_queues")}</p>}
      <ul className="tiles">
        {queues.map((row) => (
          <Tile key={row.id} row={row} on={row.id === chosen} part={part} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  )
}

function Tile({ row, on, part, onOpen }: { row: QueueRow; on: boolean } & Omit<Props, "chosen">) {
  const { t, i18n } = useTranslation()
  const now = useServerNow()
  const what = trouble(row, now)
  const level = serviceLevel(row)
  // The number whose list is open closes it; the other one goes over to its own.
  const number = (which: Props["part"]) => ({
    className: "number",
    "aria-pressed": on && part === which,
    onClick: () => onOpen(on && part === which ? null : row.id, which),
  })
  return (
    <li className="tile" data-trouble={what ?? undefined} data-on={on || undefined} aria-label={row.name}>
      <div className="row">
        <h2 className="grow cut">{row.name}</h2>
        {what && (
          <span className={what === "late" ? "pill wait" : "pill rec"}>
            <IconAlertTriangle size={12} aria-hidden />
            {t(`supervise.trouble_${what}`)}
          </span>
        )}
      </div>
      <div className="tile-body">
        <UnstyledButton {...number("waiting")}>
          <b>{row.waiting}</b>
          <span>{t("supervise.waiting_now", { count: row.waiting })}</span>
        </UnstyledButton>
        <UnstyledButton {...number("agents")}>
          <b>
            {row.ready}
            <small>/{row.ready + row.busy + row.not_ready}</small>
          </b>
          <span>{t("supervise.available")}</span>
        </UnstyledButton>
        <dl>
          <div>
            <dt>{t("supervise.oldest")}</dt>
            <dd>{row.oldest === null ? "–" : running(now - row.oldest)}</dd>
          </div>
          <div>
            <dt>{t("supervise.expected")}</dt>
            <dd>{row.expected_wait === null ? "–" : running(row.expected_wait)}</dd>
          </div>
          <div>
            <dt>{t("supervise.others")}</dt>
            <dd>
              {row.busy} · {row.not_ready}
            </dd>
          </div>
          <div
            title={t("supervise.service_hint", {
              seconds: row.service_seconds,
              answered: row.answered,
              offered: row.offered,
            })}
          >
            <dt>{t("supervise.service")}</dt>
            <dd>{level === null ? "–" : percent(level, i18n.language)}</dd>
          </div>
        </dl>
      </div>
    </li>
  )
}
