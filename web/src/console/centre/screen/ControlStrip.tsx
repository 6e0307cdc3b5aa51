import { Button } from "@mantine/core"
import { useEffect, useRef } from "react"
import { useTranslation } from "react-i18next"
import * as model from "../../../data/session"
import { useStore } from "../../../data/store"
import { controlOf, type Shown } from "../../../wire/derive"
import type { SessionView } from "../../../wire/view"
import { useConsole } from "../../context"

interface Props {
  view: SessionView
  shown: Shown
}

/** While it is controlled: where the keyboard is and how it comes back, and the end of it. */
export function ControlStrip({ view, shown }: Props) {
  const { t } = useTranslation()
  const engine = useConsole()
  const live = engine.screens.of(view.session.id, shown.giver)
  const typing = useStore(live.store, (state) => state.typing)
  const start = useRef<HTMLButtonElement>(null)
  const grant = model.isOver(view) ? null : controlOf(view, shown)
  useEffect(() => {
    live.onLeave = () => start.current?.focus()
  }, [live])
  if (!grant) return null
  const stop = () => {
    live.screen.leave()
    void engine.act({ type: "grant.cancel", grant: grant.id }, view.session.id)
  }
  return (
    <div className="page-control screen-control">
      <span className="grow" role="status">
        {t("staff.screen.controlling")}
        <OneOf first={typing} texts={["staff.screen.way_out", "staff.screen.way_in"]} />
      </span>
      <Button
        ref={start}
        size="compact-md"
        variant="default"
        aria-pressed={typing}
        onClick={() => (typing ? live.screen.leave() : live.screen.type())}
        // A press that took the focus away would end what it is to end itself.
        onMouseDown={(event) => event.preventDefault()}
      >
        <OneOf first={typing} texts={["staff.screen.type_here", "staff.screen.type_there"]} />
      </Button>
      <Button size="compact-md" variant="default" onClick={stop}>
        {t("staff.screen.stop")}
      </Button>
    </div>
  )
}

/** One of two texts, in the room of the larger: the picture must not move under a button that is down. */
function OneOf({ first, texts }: { first: boolean; texts: readonly [string, string] }) {
  const { t } = useTranslation()
  return (
    <span className="screen-one-of">
      {texts.map((text, at) => (
        <span key={text} data-away={first === (at === 0) ? undefined : true}>
          {t(text)}
        </span>
      ))}
    </span>
  )
}

/** Why nothing of what is done arrives. */
export function Trouble({ view, giver, name }: { view: SessionView; giver: string; name: string }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const trouble = useStore(engine.screens.of(view.session.id, giver).store, (state) => state.trouble)
  return (
    <div role="status">{trouble && <p className="page-note">{t(`staff.screen.trouble.${trouble}`, { name })}</p>}</div>
  )
}

/** Text that was copied there. It comes into the clipboard here by a click, never by itself. */
export function Copied({ view, giver, name }: { view: SessionView; giver: string; name: string }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const { store } = engine.screens.of(view.session.id, giver)
  const copied = useStore(store, (state) => state.copied)
  const away = () => store.patch({ copied: null })
  if (copied === null) return <div role="status" />
  return (
    <div className="page-note screen-copied" role="status">
      <span className="cut grow">{t("staff.screen.copied", { name, text: copied.slice(0, 200) })}</span>
      <Button
        size="compact-md"
        variant="default"
        onClick={() => void navigator.clipboard.writeText(copied).then(away, () => {})}
      >
        {t("staff.screen.copy")}
      </Button>
      <Button size="compact-md" variant="subtle" color="gray" onClick={away}>
        {t("common.close")}
      </Button>
    </div>
  )
}
