import { Button, Menu, UnstyledButton } from "@mantine/core"
import { IconArrowLeft, IconChevronDown, IconLogout, IconScreenShare } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import * as model from "../../data/session"
import { shownBy } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import { useConsole, useMedia } from "../context"
import { useDialog } from "../dialogs/dialogs"
import { Running } from "../Running"
import { useRoomWidth } from "../width"

/** Who the session is with, for which queue, since when, and the way out of it. */
export function SessionHead({ view, onBack }: { view: SessionView; onBack: () => void }) {
  const { t } = useTranslation()
  const { session } = view
  const phone = useRoomWidth() === "phone"
  return (
    <div className="head">
      {phone && (
        <UnstyledButton className="icon-button" aria-label={t("staff.back")} onClick={onBack}>
          <IconArrowLeft size={18} />
        </UnstyledButton>
      )}
      <h1 className="cut">{model.customerName(view) || t("staff.role.customer")}</h1>
      <span className="muted cut about">
        {session.queue_name && `${session.queue_name} · `}
        <span title={t("staff.head.reference_hint")}>
          {t("staff.head.reference", { reference: session.reference })}
        </span>
      </span>
      <Standing view={view} />
      <Recording view={view} />
      <Sharing view={view} />
      <span className="grow" />
      <WayOut view={view} />
    </div>
  )
}

function Standing({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const { state } = view.session
  const held = model.presenceOf(view, view.you)?.on_hold
  if (state === "ended") return <span className="pill">{t("staff.session_state.ended")}</span>
  return (
    <>
      <span className={state === "live" ? "pill live" : "pill wait"}>
        <span className="dot" />
        {state === "live" ? <Running since={model.runningSince(view)} /> : t(`staff.session_state.${state}`)}
      </span>
      {held && <span className="pill wait">{t("staff.on_hold")}</span>}
    </>
  )
}

function Sharing({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const shares = useMedia((media) => view.session.id in media.shares)
  if (!shares && !shownBy(view, view.you)) return null
  return (
    <span className="pill live" role="status">
      <IconScreenShare size={14} aria-hidden />
      {t("staff.head.sharing")}
    </span>
  )
}

function Recording({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const phone = useRoomWidth() === "phone"
  if (!view.session.recording) return null
  return (
    <span className="pill rec">
      <span className="dot" />
      {t(phone ? "staff.rec" : "staff.recording")}
    </span>
  )
}

function WayOut({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const dialogs = useDialog()
  const phone = useRoomWidth() === "phone"
  const { id } = view.session
  if (model.isOver(view)) {
    return (
      <Button className="way-out" variant="default" onClick={() => engine.close(id)}>
        {t("staff.head.close")}
      </Button>
    )
  }
  const primary = model.isPrimary(view)
  const label = primary ? t("staff.head.end") : t("staff.head.leave")
  const heirs = model.mayTakeOver(view)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          color="stop"
          className="way-out"
          variant={primary ? "filled" : "light"}
          aria-label={phone ? label : undefined}
          rightSection={phone ? null : <IconChevronDown size={14} />}
        >
          {phone ? <IconLogout size={18} /> : label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {primary ? (
          <>
            <Menu.Item color="stop" onClick={() => void engine.act({ type: "session.end" }, id)}>
              {t("staff.head.end_all")}
            </Menu.Item>
            {view.session.state === "live" && (
              <Menu.Item onClick={() => dialogs.show("transfer")}>{t("staff.head.transfer")}</Menu.Item>
            )}
            {heirs.length > 0 && (
              <Menu.Item onClick={() => dialogs.show("hand_over")}>{t("staff.head.hand_over_first")}</Menu.Item>
            )}
          </>
        ) : (
          <Menu.Item color="stop" onClick={() => void engine.act({ type: "session.leave" }, id)}>
            {t("staff.head.leave_now")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
