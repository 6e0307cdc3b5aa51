import { Button, Menu } from "@mantine/core"
import { IconCheck, IconChevronDown } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { labelOf, setState } from "../../data/desk"
import { useConsole, useDesk } from "../context"

/** Own state, with the reasons of the company for being unavailable. */
export function StateMenu() {
  const { t, i18n } = useTranslation()
  const engine = useConsole()
  const me = useDesk((state) => state.desk?.me ?? null)
  const reasons = useDesk((state) => state.config?.reasons ?? [])
  const required = useDesk((state) => state.desk?.rules.reason_required ?? false)
  if (!me) return null
  const ready = me.state === "ready"
  const reason = labelOf(reasons, me.reason, i18n.language)
  const label = ready
    ? t("staff.state.ready")
    : reason
      ? `${t("staff.state.not_ready")} · ${reason}`
      : t("staff.state.not_ready")
  const go = (state: "ready" | "not_ready", why: string | null) => void engine.act(setState(state, why))
  const mark = (on: boolean) => (on ? <IconCheck size={14} /> : <span className="no-icon" />)
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          className="state-button"
          leftSection={<span className={ready ? "dot live" : "dot hollow"} />}
          rightSection={<IconChevronDown size={14} />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={mark(ready)} onClick={() => go("ready", null)}>
          {t("staff.state.ready")}
        </Menu.Item>
        {!required && (
          <Menu.Item leftSection={mark(!ready && me.reason === null)} onClick={() => go("not_ready", null)}>
            {t("staff.state.not_ready")}
          </Menu.Item>
        )}
        {reasons.length > 0 && <Menu.Label>{t("staff.state.reasons")}</Menu.Label>}
        {reasons.map(({ code }) => (
          <Menu.Item key={code} leftSection={mark(!ready && me.reason === code)} onClick={() => go("not_ready", code)}>
            {labelOf(reasons, code, i18n.language)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
