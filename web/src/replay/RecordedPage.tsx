import { useComputedColorScheme } from "@mantine/core"
import { useEffect, useMemo } from "react"
import { useTranslation } from "react-i18next"
import { boot } from "../data/boot"
import { PageHost } from "../data/pagehost"
import { useStore } from "../data/store"
import type { PageTrack } from "../player/page"
import type { Player } from "../player/player"
import { PageView } from "../staff/page/PageView"
import classes from "./replay.module.css"
import { useTime } from "./usePlayer"

interface Props {
  player: Player
  page: PageTrack
  /** ready: not to be seen yet, or any more. */
  place: "front" | "tile" | "ready"
  onFront: () => void
}

/** A recorded part of the page, in the view that shows it live. */
export function RecordedPage(props: Props) {
  const { t } = useTranslation()
  const origin = useMemo(() => boot().view, [])
  if (origin === null) return props.place === "ready" ? null : <p className={classes.gap}>{t("replay.page.no_view")}</p>
  return <Playing {...props} origin={origin} />
}

function Playing({ player, page, place, onFront, origin }: Props & { origin: string }) {
  const { t, i18n } = useTranslation()
  const dark = useComputedColorScheme("light") === "dark"
  const { part } = page
  const host = useMemo(
    () =>
      new PageHost(origin, player.view.session.id, (message) => {
        if (message.type === "state") page.show(message.state.shown)
        else if (message.type === "leave") document.querySelector<HTMLElement>("input[type=range]")?.focus()
      }),
    [origin, player, page],
  )
  const ready = useStore(host.store, (state) => state.ready)
  const at = (time: number) => host.send({ type: "at", at: time - part.starts })
  useEffect(() => {
    if (!ready) return
    const me = { id: "", name: "", color: "#3155d6" }
    const customer = { id: part.participant, name: part.name, color: "#117a49" }
    const mode = { control: false, tool: "none", scale: "fit", language: i18n.language, dark, me, customer } as const
    host.send({ type: "mode", mode })
  }, [host, ready, part, dark, i18n.language])
  // A view that was made anew has nothing yet.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the player only the time is asked
  useEffect(() => {
    const data = ready ? page.take() : null
    if (!data) return
    host.send({ type: "recorded", data }, [data])
    at(player.time)
    return () => page.show(false)
  }, [host, ready, page])
  useTime(player, at)
  const name = t("audit.replay.of", { name: part.name, label: t("audit.label.page") })
  return (
    <div className={classes[place]} data-page>
      <div className={classes.page} inert={place !== "front"}>
        <PageView host={host} name={part.name} />
      </div>
      <span className={classes.caption}>{name}</span>
      {place === "tile" && (
        <button type="button" onClick={onFront} aria-label={t("audit.replay.to_front", { what: name })} />
      )}
    </div>
  )
}
