import { Alert, Button, PasswordInput, TextInput } from "@mantine/core"
import { type FormEvent, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../contract/messages"
import { login } from "../data/auth"
import { useNow } from "../staff/clock"
import { seconds } from "../staff/format"
import { Refused } from "../wire/control"
import "./login.css"

interface Refusal {
  code: string
  /** When the next attempt may be made, in ms since the epoch. */
  until: number
}

export function LoginPage({ onEnter, note }: { onEnter: (user: UserInfo) => void; note?: string }) {
  const { t } = useTranslation()
  const [name, setName] = useState("")
  const [password, setPassword] = useState("")
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setRefusal(null)
    try {
      onEnter(await login({ name: name.trim(), password }))
    } catch (cause) {
      const error = cause instanceof Refused ? cause : null
      const wait = error && "retry_after" in error.error ? (error.error.retry_after ?? 0) : 0
      setRefusal({ code: error?.code ?? "server_error", until: Date.now() + wait * 1000 })
      setPassword("")
      field.current?.focus()
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className="state-page">
      <form className="card stack login" onSubmit={submit} aria-labelledby="login-title">
        <p className="brand">Deskside</p>
        <h1 id="login-title">{t("staff.login.title")}</h1>
        {note && <Alert color="accent">{note}</Alert>}
        {refusal && <Trouble refusal={refusal} />}
        <TextInput
          label={t("staff.login.name")}
          name="name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          size="md"
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <PasswordInput
          ref={field}
          label={t("staff.login.password")}
          name="password"
          autoComplete="current-password"
          size="md"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("staff.login.show") }}
        />
        <Submit until={refusal?.until ?? 0} busy={busy} />
      </form>
    </main>
  )
}

function Trouble({ refusal }: { refusal: Refusal }) {
  const { t, i18n } = useTranslation()
  const left = (refusal.until - useNow()) / 1000
  const text =
    refusal.code === "throttled" && left > 0
      ? t("staff.login.throttled", { time: seconds(left, i18n.language) })
      : refusal.code === "throttled"
        ? t("staff.login.throttle_over")
        : t(`common.error.${refusal.code}`, { defaultValue: t("common.error.server_error") })
  return (
    <Alert color="stop" role="alert">
      {text}
    </Alert>
  )
}

function Submit({ until, busy }: { until: number; busy: boolean }) {
  const { t } = useTranslation()
  const waits = until > useNow()
  return (
    <Button type="submit" size="md" loading={busy} disabled={waits}>
      {t("staff.login.submit")}
    </Button>
  )
}
