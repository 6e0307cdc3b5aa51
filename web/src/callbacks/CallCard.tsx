import { Alert, Button, CopyButton, Select, Skeleton, Textarea, TextInput } from "@mantine/core"
import { IconMail, IconPhone } from "@tabler/icons-react"
import { useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { CallbackClose, CallbackDetail, CodeInfo } from "../contract/messages"
import { draft, useDraft } from "../data/drafts"
import { useNow } from "../staff/clock"
import { clock, exact } from "../staff/format"
import { close, dial, errorOf, fromField, ofSession, toField } from "./api"
import { errorText, thereText, whoOf } from "./words"
import "./callbacks.css"

interface Props {
  session: string
  /** Outcome codes of the queue. */
  codes: readonly CodeInfo[]
  onInvite: () => void
}

const ENDS = ["no_answer", "busy", "wrong_number"] as const

/** The callback that a session is for: whom, why, what was tried; then the number, and what came of the call. */
export function CallCard({ session, codes, onInvite }: Props) {
  const { t } = useTranslation()
  const [detail, setDetail] = useState<CallbackDetail | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const act = useCallback(
    async (work: Promise<CallbackDetail>): Promise<boolean> => {
      setBusy(true)
      setRefused(null)
      try {
        setDetail(await work)
        return true
      } catch (cause) {
        setRefused(errorText(t, errorOf(cause)))
        return false
      } finally {
        setBusy(false)
      }
    },
    [t],
  )
  useEffect(() => void act(ofSession(session)), [act, session])
  if (!detail) {
    return (
      <div className="call-card">
        {refused ? <p role="alert">{t("callbacks.card.failed")}</p> : <Skeleton height={160} />}
        {refused && <Button onClick={() => void act(ofSession(session))}>{t("common.again")}</Button>}
      </div>
    )
  }
  const { callback } = detail
  const name = whoOf(t, callback)
  return (
    <section className="call-card" aria-label={t("callbacks.card.region")}>
      <h2>{t("callbacks.card.title", { name })}</h2>
      <p className="muted">
        {callback.queue_name} · {t(`callbacks.source.${callback.source}`, { name: callback.created_by_name })}
      </p>
      <Clock zone={callback.zone} />
      {callback.note && (
        <blockquote className="callback-note">
          <span className="label">{t("callbacks.card.about")}</span> {callback.note}
        </blockquote>
      )}
      <History detail={detail} />
      {refused && (
        <Alert color="stop" role="alert">
          {refused}
        </Alert>
      )}
      {callback.state === "attempting" && !callback.dialled && (
        <div className="stack">
          <Button
            size="md"
            leftSection={callback.number ? <IconPhone size={18} /> : <IconMail size={18} />}
            loading={busy}
            onClick={() => void act(dial(callback.id))}
          >
            {t(callback.number ? "callbacks.card.call" : "callbacks.card.call_mail")}
          </Button>
          <p className="muted small">{t("callbacks.card.call_text")}</p>
        </div>
      )}
      {callback.state === "attempting" && callback.dialled && (
        <Outcome session={session} detail={detail} codes={codes} busy={busy} act={act} onInvite={onInvite} />
      )}
      {callback.state === "done" && (
        <div className="stack">
          <p role="status">{t("callbacks.card.is_reached")}</p>
          <Button variant="default" onClick={onInvite}>
            {t("callbacks.card.invite")}
          </Button>
        </div>
      )}
      {!["attempting", "done"].includes(callback.state) && <p role="status">{t("callbacks.card.over")}</p>}
    </section>
  )
}

/** What the customer's clock shows now, where it shows something else. */
function Clock({ zone }: { zone: string }) {
  const { t, i18n } = useTranslation()
  const text = thereText(t, useNow() / 1000, zone, i18n.language)
  return text && <p className="muted small">{t("callbacks.card.now", { text })}</p>
}

function History({ detail }: { detail: CallbackDetail }) {
  const { t, i18n } = useTranslation()
  const over = detail.history.filter((each) => each.outcome !== null)
  if (over.length === 0) return <p className="muted small">{t("callbacks.card.no_history")}</p>
  return (
    <div>
      <h3>{t("callbacks.card.history")}</h3>
      <ol className="call-history">
        {over.map((each) => (
          <li key={each.number}>
            {t("callbacks.card.by", { name: each.agent_name, time: exact(each.at, i18n.language) })}
            {" · "}
            <b>{t(`callbacks.outcome.${each.outcome}`)}</b>
            {each.note && <span className="callback-note"> {each.note}</span>}
          </li>
        ))}
      </ol>
    </div>
  )
}

interface OutcomeProps {
  session: string
  detail: CallbackDetail
  codes: readonly CodeInfo[]
  busy: boolean
  act: (work: Promise<CallbackDetail>) => Promise<boolean>
  onInvite: () => void
}

function Outcome({ session, detail, codes, busy, act, onInvite }: OutcomeProps) {
  const { t, i18n } = useTranslation()
  const { callback } = detail
  // Kept by the tab: the card goes with its session when another one comes to the front.
  const [note, setNote] = useDraft(`${session} call`)
  const [chosen, setCode] = useDraft(`${session} outcome`)
  const code = codes.some((each) => each.code === chosen) ? chosen : null
  const [later, setLater] = useState<string | null>(null)
  const begun = detail.history.find((each) => each.outcome === null)
  const say = async (outcome: CallbackClose["outcome"], at: number | null = null) => {
    // Who was reached is talked to first: the outcome that is chosen already waits for the end of the session.
    const outcome_code = outcome === "reached" ? null : code
    if (!(await act(close(callback.id, { outcome, at, note: note.trim(), outcome_code })))) return
    setNote("")
    if (outcome !== "reached") draft(`${session} outcome`, "")
  }
  return (
    <div className="stack">
      {detail.dial ? (
        <div className="row wrap call-number">
          <a href={`tel:${detail.dial}`} aria-label={t("callbacks.card.dial", { number: detail.shown })}>
            {detail.shown}
          </a>
          <CopyButton value={detail.dial}>
            {({ copied, copy }) => (
              <Button size="compact-md" variant="default" onClick={copy}>
                {t(copied ? "callbacks.card.copied" : "callbacks.card.copy")}
              </Button>
            )}
          </CopyButton>
        </div>
      ) : (
        <p>{t("callbacks.card.mail", { email: callback.email })}</p>
      )}
      {begun && <p role="status">{t("callbacks.card.begun", { time: clock(begun.at, i18n.language) })}</p>}
      <div className="call-outcomes">
        <Button disabled={busy} onClick={() => void say("reached")}>
          {t("callbacks.card.reached")}
        </Button>
        {ENDS.map((outcome) => (
          <Button key={outcome} variant="default" disabled={busy} onClick={() => void say(outcome)}>
            {t(`callbacks.card.${outcome}`)}
          </Button>
        ))}
        <Button
          variant="default"
          aria-expanded={later !== null}
          onClick={() => setLater(later === null ? toField(Math.ceil(Date.now() / 3_600_000) * 3600) : null)}
        >
          {t("callbacks.card.later")}
        </Button>
        <Button variant="default" onClick={onInvite}>
          {t("callbacks.card.invite")}
        </Button>
      </div>
      {later !== null && (
        <div className="row wrap call-later">
          <TextInput
            type="datetime-local"
            label={t("callbacks.card.later_at")}
            description={thereText(t, fromField(later) ?? Date.now() / 1000, callback.zone, i18n.language)}
            inputWrapperOrder={["label", "input", "description"]}
            value={later}
            onChange={(event) => setLater(event.currentTarget.value)}
          />
          <Button disabled={busy || fromField(later) === null} onClick={() => void say("later", fromField(later))}>
            {t("callbacks.card.later_save")}
          </Button>
        </div>
      )}
      <div className="call-words">
        <Textarea
          label={t("callbacks.card.note")}
          value={note}
          maxLength={2000}
          rows={1}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {codes.length > 0 && (
          <Select
            label={t("callbacks.card.outcome")}
            data={codes.map((each) => ({
              value: each.code,
              label: each.label[i18n.language] ?? each.label.en ?? each.code,
            }))}
            value={code}
            clearable
            onChange={(next) => setCode(next ?? "")}
          />
        )}
      </div>
    </div>
  )
}
