import { UnstyledButton } from "@mantine/core"
import { IconAlertTriangle, IconChevronDown } from "@tabler/icons-react"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { useSnapshot } from "../model"
import { useName } from "../names"
import { path, sectionOf } from "../route"
import { Link } from "./Link"

const SHOWN = 50

/** References that lead nowhere, each with the way to the item that has it. */
export function Alarms() {
  const { t } = useTranslation()
  const { alarms } = useSnapshot()
  const name = useName()
  const [open, setOpen] = useState(false)
  if (alarms.length === 0) return null
  return (
    <section className={classes.alarms} aria-label={t("admin.alarm.title")}>
      <UnstyledButton className={classes.alarmHead} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconAlertTriangle size={16} aria-hidden />
        <span className="grow">{t("admin.alarm.count", { count: alarms.length })}</span>
        <IconChevronDown size={16} aria-hidden data-open={open || undefined} />
      </UnstyledButton>
      {open && (
        <ul>
          {alarms.slice(0, SHOWN).map((alarm) => (
            <li key={`${alarm.kind} ${alarm.id} ${alarm.of} ${alarm.to}`}>
              <Link href={path(sectionOf(alarm.kind), alarm.id)}>{name(alarm.kind, alarm.id)}</Link>{" "}
              {t(`admin.alarm.names_${alarm.of}`, { name: alarm.to })}
            </li>
          ))}
          {alarms.length > SHOWN && <li>{t("admin.form.and_more", { count: alarms.length - SHOWN })}</li>}
        </ul>
      )}
    </section>
  )
}
