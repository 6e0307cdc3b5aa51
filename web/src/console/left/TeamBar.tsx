import { UnstyledButton } from "@mantine/core"
import { type KeyboardEvent, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { Colleague } from "../../contract/messages"
import { barOf, movedTo } from "../../data/desk"
import { initials } from "../../staff/format"
import { useConsole, useDesk } from "../context"
import { ColleagueMenu } from "./ColleagueMenu"
import { SIGN } from "./standing"

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }

/** Up to 25 colleagues, arranged freely: by dragging, or with Shift and the arrow keys. Kept with the account. */
export function TeamBar() {
  const { t } = useTranslation()
  const engine = useConsole()
  const members = useDesk((state) => (state.desk ? barOf(state.desk) : []))
  const bar = useDesk((state) => state.desk?.bar ?? [])
  const [dragged, setDragged] = useState<string | null>(null)
  const [said, setSaid] = useState("")
  const list = useRef<HTMLUListElement>(null)
  if (members.length === 0) return null
  const put = (one: Colleague, before: number) => {
    // Hidden ones keep their place: count in the whole bar, not among those who are shown.
    const place = Math.max(0, Math.min(bar.length - 1, before))
    void engine.bar.put(movedTo(bar, one.user, place))
    setSaid(t("staff.team.moved", { name: one.name, place: place + 1, count: bar.length }))
  }
  const pressed = (event: KeyboardEvent, one: Colleague) => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    if (event.shiftKey) {
      put(one, bar.indexOf(one.user) + step)
      return
    }
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])]
    buttons[members.indexOf(one) + step]?.focus()
  }
  return (
    <>
      <ul className="team-bar" ref={list} aria-label={t("staff.team.bar")} aria-description={t("staff.team.bar_hint")}>
        {members.map((one) => (
          <li
            key={one.user}
            draggable
            data-dragged={dragged === one.user || undefined}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move"
              setDragged(one.user)
            }}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => dragged && event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault()
              const moved = members.find((each) => each.user === dragged)
              if (moved && moved !== one) put(moved, bar.indexOf(one.user))
              setDragged(null)
            }}
          >
            <ColleagueMenu one={one}>
              <UnstyledButton
                className="team-face"
                title={`${one.name} · ${t(`staff.state.${one.state}`)}`}
                onKeyDown={(event) => pressed(event, one)}
              >
                <span className="unseen">{`${one.name}, ${t(`staff.state.${one.state}`)}`}</span>
                <span className="avatar" aria-hidden>
                  {initials(one.name)}
                </span>
                <span className={SIGN[one.state]} aria-hidden />
              </UnstyledButton>
            </ColleagueMenu>
          </li>
        ))}
      </ul>
      <p className="unseen" role="status">
        {said}
      </p>
    </>
  )
}
