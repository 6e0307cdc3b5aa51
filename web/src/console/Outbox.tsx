import { Button, Skeleton as Grey } from "@mantine/core"
import { useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { Mail, UserInfo } from "../contract/messages"
import { request } from "../data/http"
import { exact } from "../staff/format"
import { Refused } from "../wire/control"
import { PageHeader } from "./header/PageHeader"
import "./outbox.css"

type Box = { kind: "loading" } | { kind: "refused"; code: string } | { kind: "mails"; mails: Mail[] }

/** Mails that the demonstration would have sent, to be looked at. */
export function Outbox({ user }: { user: UserInfo }) {
  const { t } = useTranslation()
  const [box, setBox] = useState<Box>({ kind: "loading" })
  const look = useCallback(() => {
    request<Mail[]>("GET", "/outbox").then(
      (mails) => setBox({ kind: "mails", mails }),
      (cause) => setBox({ kind: "refused", code: cause instanceof Refused ? cause.code : "server_error" }),
    )
  }, [])
  useEffect(look, [look])
  useEffect(() => {
    document.title = `${t("staff.outbox.title")} · Deskside`
  }, [t])
  return (
    <div className="overview">
      <PageHeader title={t("staff.outbox.title")} user={user} />
      <main className="outbox stack">
        <div className="row wrap">
          <p className="muted grow">{t("staff.outbox.about")}</p>
          <Button variant="default" onClick={look}>
            {t("staff.outbox.look")}
          </Button>
        </div>
        {box.kind === "loading" && <Grey height={160} />}
        {box.kind === "refused" && (
          <p className="card" role="alert">
            {box.code === "not_found"
              ? t("staff.outbox.none_kept")
              : t(`common.error.${box.code}`, { defaultValue: t("common.error.server_error") })}
          </p>
        )}
        {box.kind === "mails" && box.mails.length === 0 && <p className="card muted">{t("staff.outbox.empty")}</p>}
        {box.kind === "mails" && box.mails.map((mail) => <Letter key={mail.id} mail={mail} />)}
      </main>
    </div>
  )
}

function Letter({ mail }: { mail: Mail }) {
  const { t, i18n } = useTranslation()
  return (
    <article className="card letter" aria-label={mail.subject}>
      <h2>{mail.subject}</h2>
      <p className="muted">
        {t("staff.outbox.to", { to: mail.to })} · <time>{exact(mail.at, i18n.language)}</time>
      </p>
      <p className="letter-text">{linked(mail.text)}</p>
    </article>
  )
}

const ADDRESS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}])/g

function linked(text: string) {
  return text.split(ADDRESS).map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a mail never changes
      <a key={index} href={part} target="_blank" rel="noopener noreferrer">
        {part}
      </a>
    ) : (
      part
    ),
  )
}
