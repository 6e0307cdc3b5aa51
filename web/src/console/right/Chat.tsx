import { UnstyledButton } from "@mantine/core"
import { useEffect, useLayoutEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import * as model from "../../data/session"
import { useStore } from "../../data/store"
import type { SessionView } from "../../wire/view"
import { useConsole, useDesk } from "../context"
import { Composer } from "./Composer"
import { LineItem, OutgoingItem } from "./LineItem"

const NEAR_END = 60

/** Chat and log in one: who came, what was allowed, what was said. */
export function Chat({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const outgoing = useStore(engine.outbox.store, (all) => all.filter((one) => one.session === view.session.id))
  const list = useRef<HTMLDivElement>(null)
  const [below, setBelow] = useState(false)
  const atEnd = useRef(true)
  const amount = view.lines.length + outgoing.length

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line is what moves the list
  useLayoutEffect(() => {
    const element = list.current
    if (!element) return
    if (atEnd.current) element.scrollTop = element.scrollHeight
    else setBelow(true)
  }, [amount])

  useEffect(() => {
    const element = list.current
    if (!element) return
    const watch = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight
    })
    watch.observe(element)
    return () => watch.disconnect()
  }, [])

  function scrolled() {
    const element = list.current
    if (!element) return
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END
    if (atEnd.current) setBelow(false)
  }

  return (
    <div className="chat">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div className="log" ref={list} onScroll={scrolled} role="log" aria-label={t("staff.chat.log")} tabIndex={0}>
        {view.lines.length === 0 && <p className="muted">{t("staff.chat.empty")}</p>}
        {view.lines.map((line) => (
          <LineItem key={line.id} line={line} view={view} />
        ))}
        {outgoing.map((one) => (
          <OutgoingItem key={one.key} message={one} />
        ))}
      </div>
      {below && (
        <UnstyledButton
          className="pill below"
          onClick={() => list.current?.scrollTo({ top: list.current.scrollHeight, behavior: "smooth" })}
        >
          {t("staff.chat.new_below")}
        </UnstyledButton>
      )}
      <TypingSign view={view} />
      {model.isOver(view) ? (
        <p className="compose muted">{t("staff.chat.over")}</p>
      ) : (
        <Composer key={view.session.id} view={view} />
      )}
    </div>
  )
}

function TypingSign({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const { id } = view.session
  const writers = useDesk((state) =>
    Object.entries(state.typing)
      .filter(([key]) => key.startsWith(`${id} `))
      .map(([, note]) => note.participant),
  )
  const names = writers.map((one) => model.personOf(view, one)?.name).filter((name) => name !== undefined)
  return (
    <p className="typing small muted" aria-live="polite">
      {names.length > 0 && t("staff.chat.typing", { name: names.join(", ") })}
    </p>
  )
}
