import { Alert, Button, CopyButton, Skeleton, Textarea, TextInput } from "@mantine/core"
import { IconCheck, IconCopy } from "@tabler/icons-react"
import { type FormEvent, useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { InviteRequest } from "../../contract/messages"
import { useDraft } from "../../data/drafts"
import { keepTold, spaced, spokenAddress, stillGood } from "../../data/invites"
import { useNow } from "../../staff/clock"
import { running } from "../../staff/format"
import type { SessionView } from "../../wire/view"
import { useConsole, useDesk } from "../context"
import { useInvite } from "./useInvite"

interface Props {
  view: SessionView
}

/** Made as soon as it is looked at: somebody is on the phone and waits. */
function useAtOnce(view: SessionView, way: "number" | "link") {
  const engine = useConsole()
  const invite = useInvite(view.session.id)
  const { id, language } = view.session
  const [before] = useState(() => stillGood(id, way, view.invites, engine.now()))
  const begun = useRef(before !== null)
  const again = async () => {
    const created = await invite.make({ way, role: "customer", language })
    if (created) keepTold(id, created)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it comes into sight
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    void again()
  }, [])
  return { ...invite, made: invite.made ?? before, again: () => void again() }
}

export function InviteByNumber({ view }: Props) {
  const { t } = useTranslation()
  const { made, refused, again } = useAtOnce(view, "number")
  const base = useDesk((state) => state.config?.base_url || location.origin)
  if (refused) return <Trouble code={refused} again={again} />
  if (!made?.number) return <Skeleton height={120} />
  return (
    <div className="stack">
      <p>{t("staff.invite.say")}</p>
      <p className="say">{spokenAddress(base)}</p>
      <p
        className="big-number"
        role="img"
        aria-label={t("staff.invite.number_is", { number: made.number.split("").join(" ") })}
      >
        {spaced(made.number)}
      </p>
      <div className="row">
        <Copy text={made.number} />
        <Expires at={made.invite.expires_at} again={again} />
      </div>
    </div>
  )
}

export function InviteByLink({ view }: Props) {
  const { t } = useTranslation()
  const { made, refused, again } = useAtOnce(view, "link")
  if (refused) return <Trouble code={refused} again={again} />
  if (!made?.url) return <Skeleton height={80} />
  return (
    <div className="stack">
      <p>{t("staff.invite.link_text")}</p>
      <TextInput
        readOnly
        aria-label={t("staff.invite.link")}
        value={made.url}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className="row">
        <Copy text={made.url} />
        <Expires at={made.invite.expires_at} again={again} />
      </div>
    </div>
  )
}

export function InviteByMail({ view }: Props) {
  return (
    <MailForm session={view.session.id} request={{ way: "email", role: "customer", language: view.session.language }} />
  )
}

/** Address and a word of one's own; the link itself is put in by the server. */
export function MailForm({ session, request }: { session: string; request: InviteRequest }) {
  const { t } = useTranslation()
  const { made, refused, busy, make } = useInvite(session)
  const [to, setTo] = useDraft(`${session} mail ${request.role} to`)
  const [message, setMessage] = useDraft(`${session} mail ${request.role}`)
  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!(await make({ ...request, to: to.trim(), message }))) return
    setTo("")
    setMessage("")
  }
  return (
    <form className="stack" onSubmit={submit}>
      {made && !refused && (
        <Alert color="accent" role="status">
          {t("staff.invite.mailed", { to: made.invite.to })}
        </Alert>
      )}
      {refused && <Trouble code={refused} />}
      <TextInput
        type="email"
        required
        withAsterisk={false}
        label={t("staff.invite.address")}
        maxLength={254}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Textarea
        label={t("staff.invite.words")}
        autosize
        minRows={2}
        maxLength={1000}
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" loading={busy}>
          {t("staff.invite.mail")}
        </Button>
      </div>
    </form>
  )
}

function Copy({ text }: { text: string }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={text} timeout={2000}>
      {({ copied, copy }) => (
        <Button onClick={copy} leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}>
          {copied ? t("staff.invite.copied") : t("staff.invite.copy")}
        </Button>
      )}
    </CopyButton>
  )
}

function Expires({ at, again }: { at: number; again: () => void }) {
  const { t } = useTranslation()
  const offset = useDesk((state) => state.offset)
  const left = at - offset - useNow() / 1000
  return left > 0 ? (
    <span className="muted">{t("staff.invite.good_for", { time: running(left) })}</span>
  ) : (
    <Button variant="default" onClick={again}>
      {t("staff.invite.fresh")}
    </Button>
  )
}

export function Trouble({ code, again }: { code: string; again?: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert color="stop" role="alert">
      <p>{t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })}</p>
      {again && (
        <Button size="compact-md" mt="sm" onClick={again}>
          {t("common.again")}
        </Button>
      )}
    </Alert>
  )
}
