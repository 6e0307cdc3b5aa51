import { Button, Select } from "@mantine/core"
import { useTranslation } from "react-i18next"
import type { WrapUp } from "../../contract/messages"
import { labelOf, queueOf } from "../../data/desk"
import { useDraft } from "../../data/drafts"
import { useNow } from "../../staff/clock"
import { running } from "../../staff/format"
import { useConsole, useDesk } from "../context"

/** What is left to do after a session: beside the next one, never before it. */
export function WrapUps() {
  const wrapUps = useDesk((state) => state.desk?.wrapUps ?? [])
  return wrapUps.map((one) => <Sheet key={one.contact} one={one} />)
}

function Sheet({ one }: { one: WrapUp }) {
  const { t, i18n } = useTranslation()
  const engine = useConsole()
  const codes = useDesk((state) => queueOf(state.config, one.queue)?.outcome_codes ?? [])
  // It may have been chosen during the session.
  const [chosen, setCode] = useDraft(`${one.session} outcome`)
  const code = codes.some((each) => each.code === chosen) ? chosen : null
  const name = one.customer || t("staff.role.customer")
  return (
    <section className="wrap-up" aria-label={t("staff.wrap_up.region", { name })}>
      <div className="row">
        <b className="grow cut">{name}</b>
        {one.deadline !== null && <Left deadline={one.deadline} />}
      </div>
      {codes.length > 0 && (
        <Select
          size="sm"
          label={t("staff.wrap_up.outcome")}
          placeholder={t("staff.wrap_up.choose")}
          data={codes.map((each) => ({
            value: each.code,
            label: labelOf(codes, each.code, i18n.language) ?? each.code,
          }))}
          value={code}
          onChange={(next) => setCode(next ?? "")}
          clearable
          comboboxProps={{ withinPortal: true }}
        />
      )}
      <div className="row">
        <span className="grow muted small">{t("staff.wrap_up.title")}</span>
        <Button
          size="compact-md"
          onClick={() => void engine.act({ type: "wrap_up.done", contact: one.contact, outcome_code: code })}
        >
          {t("staff.wrap_up.done")}
        </Button>
      </div>
    </section>
  )
}

function Left({ deadline }: { deadline: number }) {
  const { t } = useTranslation()
  const offset = useDesk((state) => state.offset)
  const left = deadline - offset - useNow() / 1000
  return (
    <span className="pill wait" title={t("staff.wrap_up.by_itself")}>
      {running(left)}
    </span>
  )
}
