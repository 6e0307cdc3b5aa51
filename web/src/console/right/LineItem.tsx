import { Button } from "@mantine/core"
import { IconLock } from "@tabler/icons-react"
import { memo } from "react"
import { useTranslation } from "react-i18next"
import type { Line } from "../../contract/messages"
import { draft } from "../../data/drafts"
import type { Outgoing } from "../../data/outbox"
import { clock, exact } from "../../staff/format"
import type { SessionView } from "../../wire/view"
import { useConsole } from "../context"
import { sentence } from "./sentence"

interface Props {
  line: Line
  view: Pick<SessionView, "you">
}

export const LineItem = memo(
  function LineItem({ line, view }: Props) {
    const { t, i18n } = useTranslation()
    const time = (
      <time dateTime={new Date(line.at * 1000).toISOString()} title={exact(line.at, i18n.language)}>
        {clock(line.at, i18n.language)}
      </time>
    )
    if (line.kind !== "chat") {
      return (
        <p className="ev">
          {time}
          <span>{sentence(line, view.you, t)}</span>
        </p>
      )
    }
    const own = line.by === view.you
    const secret = line.audience === "staff"
    return (
      <div className={["msg", own && "me", secret && "secret"].filter(Boolean).join(" ")}>
        <p className="msg-head">
          {secret && (
            <span className="row tight">
              <IconLock size={12} aria-hidden />
              {t("staff.chat.private")}
            </span>
          )}
          <span>{own ? t("staff.you") : line.by_name}</span>
          {time}
        </p>
        <p className="msg-text">{line.text}</p>
      </div>
    )
  },
  (a, b) => a.line === b.line && a.view.you === b.view.you,
)

/** A message that the server has not taken yet. */
export function OutgoingItem({ message }: { message: Outgoing }) {
  const { t } = useTranslation()
  const { outbox } = useConsole()
  const edit = () => {
    draft(`${message.session} ${message.audience}`, message.text)
    outbox.drop(message.key)
  }
  return (
    <div className={message.audience === "staff" ? "msg me secret waits" : "msg me waits"}>
      <p className="msg-text">{message.text}</p>
      <p className="msg-head">
        {message.refused === null
          ? t("staff.chat.sending")
          : t(`common.error.${message.refused}`, { defaultValue: t("common.error.server_error") })}
      </p>
      {message.refused !== null && (
        <div className="row">
          <Button size="compact-sm" variant="default" onClick={edit}>
            {t("staff.chat.edit")}
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => outbox.drop(message.key)}>
            {t("staff.chat.drop")}
          </Button>
        </div>
      )}
    </div>
  )
}
