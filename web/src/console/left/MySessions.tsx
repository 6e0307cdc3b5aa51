import { Tooltip, UnstyledButton } from "@mantine/core"
import { IconX } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import * as model from "../../data/session"
import { initials } from "../../staff/format"
import type { SessionView } from "../../wire/view"
import { sessionOrder, useConsole, useDesk, useView } from "../context"
import { Running } from "../Running"
import { SmallPicture } from "./SmallPicture"

export function MySessions({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  const order = useDesk(sessionOrder)
  const count = useDesk((state) => state.desk?.sessions.length ?? 0)
  const capacity = useDesk((state) => state.desk?.me.capacity ?? 1)
  const ready = useDesk((state) => state.desk?.me.state === "ready")
  return (
    <section>
      <h2 className="label">
        {t("staff.sessions.title")} <span>{t("staff.sessions.of", { count, capacity })}</span>
      </h2>
      {order.length === 0 && (
        <p className="empty">{ready ? t("staff.sessions.empty_ready") : t("staff.sessions.empty")}</p>
      )}
      <ul>
        {order.map((session, at) => (
          <Item key={session} session={session} at={at + 1} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  )
}

function Item({ session, at, onOpen }: { session: string; at: number; onOpen: () => void }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const view = useView(session)
  const front = useDesk((state) => state.front === session)
  const unread = useDesk((state) => state.unread[session] ?? 0)
  const past = useDesk(
    (state) => state.past.includes(session) && !state.desk?.wrapUps.some((w) => w.session === session),
  )
  if (!view) return null
  const name = model.customerName(view) || t("staff.role.customer")
  const open = () => {
    engine.toFront(session)
    onOpen()
  }
  return (
    <li className="item-row">
      <Tooltip label={at <= 8 ? `Alt ${at}` : name} position="right">
        <UnstyledButton className={front ? "item on" : "item"} aria-current={front || undefined} onClick={open}>
          <SmallPicture view={view} fallback={initials(name)} />
          <span className="grow">
            <span className="row tight">
              <span className="cut">{name}</span>
              {unread > 0 && (
                <span className="badge">
                  {unread}
                  <span className="unseen">{t("staff.sessions.unread", { count: unread })}</span>
                </span>
              )}
            </span>
            <small className="cut">{line(view, t) || t(`staff.session_state.${view.session.state}`)}</small>
          </span>
          <span className="t">
            {model.isOver(view) ? t("staff.session_state.ended") : <Running since={model.runningSince(view)} />}
            <Signs view={view} />
          </span>
        </UnstyledButton>
      </Tooltip>
      {past && (
        <UnstyledButton
          className="icon-button"
          aria-label={t("staff.sessions.close", { name })}
          onClick={() => engine.close(session)}
        >
          <IconX size={16} />
        </UnstyledButton>
      )}
    </li>
  )
}

function Signs({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const over = view.session.state === "ended"
  if (over) return null
  if (view.session.recording) {
    return (
      <span className="rec-sign">
        <span className="dot" /> {t("staff.rec")}
      </span>
    )
  }
  if (model.presenceOf(view, view.you)?.on_hold) return <span>{t("staff.on_hold")}</span>
  return null
}

/** Under the name: the last thing the customer wrote, else the queue. */
function line(view: SessionView, t: (key: string, values?: Record<string, string>) => string): string {
  const last = view.lines.findLast((one) => one.kind === "chat" && one.audience !== "staff" && one.by !== view.you)
  return last?.text ? t("staff.quoted", { text: last.text }) : (view.session.queue_name ?? "")
}
