import { Alert, Button } from "@mantine/core"
import { useEffect, useRef } from "react"
import { useTranslation } from "react-i18next"
import type { CallbackInfo } from "../contract/messages"
import { exact } from "../staff/format"
import type { Compared, Meanwhile } from "./form"

interface Props {
  theirs: CallbackInfo
  what: Meanwhile
  onTake: (field: Compared) => void
}

/** Somebody changed the callback while the form was open: what, and whose word counts where both did. */
export function Changed({ theirs, what, onTake }: Props) {
  const { t, i18n } = useTranslation()
  const at = useRef<HTMLDivElement>(null)
  // It stands above a form that may be scrolled far down.
  useEffect(() => {
    at.current?.scrollIntoView({ block: "start" })
    at.current?.focus({ preventScroll: true })
  }, [])
  const value = (field: Compared): string => {
    if (field === "at") return exact(theirs.at, i18n.language)
    if (field === "queue") return theirs.queue_name
    if (field !== "agent") return theirs[field] || t("callbacks.changed.nothing")
    if (theirs.agent === null) return t("callbacks.form.anybody")
    return t(theirs.agent_only ? "callbacks.kept_only" : "callbacks.kept", { name: theirs.agent_name })
  }
  const words = (field: Compared) => ({ field: t(`callbacks.changed.field_${field}`), value: value(field) })
  return (
    <Alert
      ref={at}
      className="callback-told"
      tabIndex={-1}
      color="wait"
      role="alert"
      title={t("callbacks.changed.title")}
    >
      <ul className="callback-changed">
        {what.taken.map((field) => (
          <li key={field}>{t("callbacks.changed.taken", words(field))}</li>
        ))}
        {what.clashes.map((field) => (
          <li key={field}>
            {t("callbacks.changed.clash", words(field))}{" "}
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t("callbacks.changed.take_name", words(field))}
              onClick={() => {
                onTake(field)
                at.current?.focus()
              }}
            >
              {t("callbacks.changed.take")}
            </Button>
          </li>
        ))}
      </ul>
      <p>{t(what.clashes.length ? "callbacks.changed.mine" : "callbacks.changed.again")}</p>
    </Alert>
  )
}
