import { Button } from "@mantine/core"
import { useRef, useState } from "react"
import { flushSync } from "react-dom"
import { useTranslation } from "react-i18next"
import type { CallbackInfo } from "../contract/messages"
import { useNow } from "../staff/clock"
import { ago, exact } from "../staff/format"
import { LIVE } from "./api"
import { thereText, whoOf } from "./words"

interface Props {
  one: CallbackInfo
  onEdit: () => void
  onCancel: () => Promise<void>
}

/** What the list stands in does not close for it. */
const OWN_ESCAPE = { "data-mantine-stop-propagation": true }

const PILL: Partial<Record<CallbackInfo["state"], string>> = {
  queued: "wait",
  attempting: "live",
  done: "live",
  failed: "rec",
}

export function CallbackRow({ one, onEdit, onCancel }: Props) {
  const { t, i18n } = useTranslation()
  const [sure, setSure] = useState(false)
  const [busy, setBusy] = useState(false)
  const asking = useRef<HTMLButtonElement>(null)
  const now = useNow() / 1000
  const name = whoOf(t, one)
  const may = LIVE.includes(one.state) && one.state !== "attempting"
  const outcome = one.outcome && one.outcome !== one.state ? t(`callbacks.outcome.${one.outcome}`) : ""
  const keep = () => {
    // The question goes, and the button that asked it is there again.
    flushSync(() => setSure(false))
    asking.current?.focus()
  }
  const callOff = async () => {
    setBusy(true)
    await onCancel()
    setBusy(false)
    setSure(false)
  }
  const facts = [
    thereText(t, one.at, one.zone, i18n.language),
    one.name ? one.number || one.email : "",
    one.queue_name,
    t(`callbacks.source.${one.source}`, { name: one.created_by_name }),
    one.holder_name ? t("callbacks.with", { name: one.holder_name }) : "",
    one.agent_name ? t(one.agent_only ? "callbacks.kept_only" : "callbacks.kept", { name: one.agent_name }) : "",
    one.tries ? t("callbacks.tries", { tries: one.tries, attempts: one.attempts }) : "",
    outcome,
  ].filter(Boolean)
  return (
    <li className="callback-row">
      <div className="callback-what">
        <p>
          <b>{name}</b>{" "}
          <time dateTime={new Date(one.at * 1000).toISOString()} title={exact(one.at, i18n.language)}>
            {ago(one.at, now, i18n.language)}
          </time>
        </p>
        <p className="muted small">{facts.join(" · ")}</p>
        {one.note && <p className="callback-note">{one.note}</p>}
      </div>
      <span className={`pill ${PILL[one.state] ?? ""}`}>{t(`callbacks.state.${one.state}`)}</span>
      {may && !sure && (
        <div className="row">
          <Button size="compact-md" variant="default" aria-label={t("callbacks.edit_name", { name })} onClick={onEdit}>
            {t("callbacks.edit")}
          </Button>
          <Button
            ref={asking}
            size="compact-md"
            variant="default"
            aria-label={t("callbacks.cancel_name", { name })}
            onClick={() => setSure(true)}
          >
            {t("callbacks.cancel")}
          </Button>
        </div>
      )}
      {may && sure && (
        <div
          className="row wrap callback-sure"
          role="alertdialog"
          aria-label={t("callbacks.sure", { name })}
          onKeyDown={(event) => event.key === "Escape" && keep()}
        >
          <span className="grow">{t("callbacks.sure", { name })}</span>
          <Button {...OWN_ESCAPE} size="compact-md" variant="default" autoFocus disabled={busy} onClick={keep}>
            {t("callbacks.keep")}
          </Button>
          <Button {...OWN_ESCAPE} size="compact-md" color="stop" loading={busy} onClick={() => void callOff()}>
            {t("callbacks.cancel")}
          </Button>
        </div>
      )}
    </li>
  )
}
