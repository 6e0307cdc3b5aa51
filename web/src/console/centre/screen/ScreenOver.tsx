import { useEffect, useRef } from "react"
import { useTranslation } from "react-i18next"
import * as people from "../../../data/pagemodel"
import * as model from "../../../data/session"
import { useStore } from "../../../data/store"
import { controlOf, held, type Shown } from "../../../wire/derive"
import type { SessionView } from "../../../wire/view"
import { useConsole } from "../../context"
import "./screen.css"

interface Props {
  view: SessionView
  shown: Shown
}

/** Over the picture of a desktop or an application: takes what is done there, shows what others point at. */
export function ScreenOver({ view, shown }: Props) {
  const { t } = useTranslation()
  const engine = useConsole()
  const live = engine.screens.of(view.session.id, shown.giver)
  const place = useRef<HTMLDivElement>(null)
  const tool = useStore(live.store, (state) => state.tool)
  const typing = useStore(live.store, (state) => state.typing)
  useEffect(() => {
    if (place.current) live.screen.attach(place.current)
    return () => live.screen.detach()
  }, [live])
  const control = !model.isOver(view) && controlOf(view, shown) !== null
  const name = model.personOf(view, shown.giver)?.name || t("staff.nameless")
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tool is read from the store
  useEffect(() => {
    live.setMode(
      {
        picture: shown.picture,
        control,
        me: people.me(view),
        paste: control && held(view, shown.giver, "clipboard_in") !== null,
        label: t("staff.screen.field", { name }),
      },
      [people.customer(view), ...people.colleagues(view)],
    )
  }, [live, view, shown.picture, control, tool, name, t])
  return (
    <div ref={place} className="screen-over" data-control={control || undefined} data-typing={typing || undefined} />
  )
}
