import { useTranslation } from "react-i18next"
import type { Player, PlayerState } from "../player/player"
import { clock } from "./format"
import classes from "./replay.module.css"

/** Says which parts cannot be played, so that nobody takes a gap for a fact. */
export function Problems({ player, state }: { player: Player; state: PlayerState }) {
  const { t } = useTranslation()
  if (!state.failed.length) return null
  return (
    <div className={classes.problems} role="status">
      <ul>
        {state.failed.map(({ part: id, why }) => {
          const part = (player.tracks.get(id) ?? player.pages.get(id))?.part
          if (!part) return null
          const place = { name: part.name, from: clock(part.starts), to: clock(part.ends) }
          return (
            <li key={id}>
              <b>{t("audit.replay.part", { ...place, label: t(`audit.label.${part.label}`) })}</b>{" "}
              {t(`audit.replay.failed.${why}`)}
            </li>
          )
        })}
      </ul>
      <button type="button" onClick={() => player.retry()}>
        {t("audit.state.again")}
      </button>
    </div>
  )
}
