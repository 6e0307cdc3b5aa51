import { Alert, Button, CopyButton, Modal, Skeleton, TextInput } from "@mantine/core"
import { IconCheck, IconCopy } from "@tabler/icons-react"
import { useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { ClientLink } from "../../contract/messages"
import { request } from "../../data/http"
import { spaced } from "../../data/invites"
import { useNow } from "../../staff/clock"
import { running } from "../../staff/format"
import { Refused } from "../../wire/control"
import { nativeOf } from "../../wire/derive"
import { fetched, startOf } from "../../wire/program"
import { useDesk, useView } from "../context"
import { useRoomWidth } from "../width"
import { useDialog } from "./dialogs"
import { Trouble } from "./InviteWays"
import "./dialogs.css"

/** The agent's own client: a code that is good once, and how to start it. */
export function OwnClientDialog({ session }: { session: string }) {
  const { t } = useTranslation()
  const { open, close } = useDialog()
  const phone = useRoomWidth() === "phone"
  return (
    <Modal
      opened={open === "own_client"}
      onClose={close}
      title={t("staff.own_client.title")}
      size={520}
      fullScreen={phone}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {open === "own_client" && <Code session={session} />}
    </Modal>
  )
}

function useCode(session: string) {
  const [made, setMade] = useState<ClientLink | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const make = useCallback(async () => {
    setRefused(null)
    try {
      setMade(await request<ClientLink>("POST", `/sessions/${encodeURIComponent(session)}/client`))
    } catch (cause) {
      setRefused(cause instanceof Refused ? cause.code : "server_error")
    }
  }, [session])
  useEffect(() => void make(), [make])
  return { made, refused, make: () => void make() }
}

function Code({ session }: { session: string }) {
  const { t } = useTranslation()
  const { close } = useDialog()
  const view = useView(session)
  const { made, refused, make } = useCode(session)
  const base = useDesk((state) => state.config?.base_url || location.origin)
  const offset = useDesk((state) => state.offset)
  const now = useNow() / 1000 + offset
  if (view && nativeOf(view, view.you)) {
    return (
      <div className="stack">
        <Alert color="live" role="status">
          {t("staff.own_client.connected")}
        </Alert>
        <div>
          <Button onClick={close}>{t("common.close")}</Button>
        </div>
      </div>
    )
  }
  if (refused) return <Trouble code={refused} again={make} />
  if (!made) return <Skeleton height={220} />
  const left = made.expires_at - now
  const origin = base.replace(/\/$/, "")
  return (
    <div className="stack">
      <p>{t("staff.own_client.text")}</p>
      <Copied label={t("staff.own_client.command")} text={startOf(fetched(origin, made.wheel), origin)} />
      <p className="muted">{t("staff.own_client.started")}</p>
      <p
        className="big-number"
        role="img"
        aria-label={t("staff.invite.number_is", { number: made.number.split("").join(" ") })}
      >
        {spaced(made.number)}
      </p>
      <p className="muted small" role="status">
        {left > 0 ? t("staff.invite.good_for", { time: running(left) }) : t("staff.own_client.over")}
      </p>
      {left <= 0 && (
        <div>
          <Button onClick={make}>{t("staff.own_client.again")}</Button>
        </div>
      )}
    </div>
  )
}

function Copied({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation()
  return (
    <div className="row own-command">
      <TextInput
        readOnly
        className="grow"
        label={label}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={text} timeout={2000}>
        {({ copied, copy }) => (
          <Button onClick={copy} leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}>
            {copied ? t("staff.invite.copied") : t("staff.invite.copy")}
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
