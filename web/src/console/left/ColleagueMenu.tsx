import { Menu } from "@mantine/core"
import { IconPin, IconPinnedOff, IconTransfer, IconUserPlus } from "@tabler/icons-react"
import type { ReactElement } from "react"
import { useTranslation } from "react-i18next"
import type { Colleague } from "../../contract/messages"
import { MOST_IN_BAR } from "../../data/desk"
import * as model from "../../data/session"
import { useConsole, useDesk, useView } from "../context"
import { useDialog } from "../dialogs/dialogs"

/** What can be done with a colleague now; what cannot says why. */
export function ColleagueMenu({ one, children }: { one: Colleague; children: ReactElement }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const { show } = useDialog()
  const front = useDesk((state) => state.front) ?? ""
  const view = useView(front)
  const bar = useDesk((state) => state.desk?.bar ?? [])
  const pinned = bar.includes(one.user)
  const inside = view?.participants.some((p) => p.user === one.user && p.left_at == null) ?? false
  const away = one.state === "offline"
  const open = view !== undefined && !model.isOver(view)
  const customer = view ? model.customerName(view) || t("staff.nameless") : ""
  const whyNotIn = !open ? "no_session" : away ? "away" : inside ? "inside" : null
  const live = open && view.session.state === "live" && model.isPrimary(view)
  const whyNotGive = !live ? "no_session" : away ? "away" : one.agent === false ? "no_agent" : null
  const hint = (why: string | null) =>
    why ? <small className="muted block">{t(`staff.team.why_${why}`)}</small> : null
  return (
    <Menu position="right-start" withinPortal width={260}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{[one.name, one.department].filter(Boolean).join(" · ")}</Menu.Label>
        <Menu.Item
          leftSection={<IconUserPlus size={16} />}
          disabled={whyNotIn !== null}
          onClick={() => void engine.act({ type: "agent.invite", user: one.user }, front)}
        >
          {customer && open ? t("staff.team.ask_in", { customer }) : t("staff.team.ask_in_plain")}
          {hint(whyNotIn)}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconTransfer size={16} />}
          disabled={whyNotGive !== null}
          onClick={(event) => {
            toTarget(event.currentTarget)
            show("transfer", front, { kind: "agent", id: one.user, name: one.name })
          }}
        >
          {live ? t("staff.team.transfer", { customer }) : t("staff.team.transfer_plain")}
          {hint(whyNotGive)}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={pinned ? <IconPinnedOff size={16} /> : <IconPin size={16} />}
          disabled={!pinned && bar.length >= MOST_IN_BAR}
          onClick={() => void engine.bar.put(pinned ? bar.filter((user) => user !== one.user) : [...bar, one.user])}
        >
          {t(pinned ? "staff.team.unpin" : "staff.team.pin")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Back to what opened the menu, so that the dialog gives the focus back to something that is still there. */
function toTarget(item: HTMLElement): void {
  const opener = item.closest("[role=menu]")?.getAttribute("aria-labelledby")
  if (opener) document.getElementById(opener)?.focus()
}
