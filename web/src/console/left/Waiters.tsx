import { Button, Tooltip } from "@mantine/core"
import { useTranslation } from "react-i18next"
import type { Waiting } from "../../contract/messages"
import { inOrder, pickRefusal } from "../../data/desk"
import { initials } from "../../staff/format"
import { useConsole, useDesk } from "../context"
import { Running } from "../Running"

export function Waiters() {
  const { t } = useTranslation()
  const waiting = useDesk((state) => inOrder(state.desk?.waiting ?? []))
  return (
    <section>
      <h2 className="label">
        {t("staff.waiting.title")} <span>{waiting.length}</span>
      </h2>
      {waiting.length === 0 && <p className="empty">{t("staff.waiting.empty")}</p>}
      <ul>
        {waiting.map((one) => (
          <Row key={one.contact} waiting={one} />
        ))}
      </ul>
    </section>
  )
}

function Row({ waiting }: { waiting: Waiting }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const refusal = useDesk((state) => (state.desk ? pickRefusal(state.desk, waiting) : "not_here"))
  const name = waiting.customer || t("staff.role.customer")
  return (
    <li className="item still" title={waiting.question}>
      <span className="avatar" aria-hidden>
        {initials(name)}
      </span>
      <span className="grow">
        <span className="cut block">{name}</span>
        <small className="cut">{waiting.queue_name}</small>
      </span>
      <span className="t wait-time">
        <Running since={waiting.arrived_at} />
        {waiting.offered_to !== null && <span>{t("staff.waiting.offered")}</span>}
        {refusal !== "not_here" && refusal !== "offered" && (
          <Tooltip label={refusal ? t(`staff.waiting.${refusal}`) : t("staff.waiting.take_hint")}>
            <Button
              size="compact-xs"
              variant="default"
              aria-disabled={refusal !== null}
              data-disabled={refusal !== null || undefined}
              aria-description={refusal ? t(`staff.waiting.${refusal}`) : name}
              onClick={() => refusal === null && void engine.pick(waiting.contact)}
            >
              {t("staff.waiting.take")}
            </Button>
          </Tooltip>
        )}
      </span>
    </li>
  )
}
