import { Button } from "@mantine/core"
import { useTranslation } from "react-i18next"
import type { Hands } from "./actions"
import { reasonText } from "./reasons"

interface Props {
  hands: Hands
  name: string
  /** As many rows are shown. */
  found: number
  back: () => void
}

/** In place of rows: that there are none, or why, with what to do. */
export function FolderNothing({ hands, name, found, back }: Props) {
  const { t } = useTranslation()
  const { live, now, may } = hands
  const { state, reason, place, next, filter } = now
  const act = (run: () => void) => () => {
    run()
    back()
  }
  if (state === "refused") {
    return (
      <div className="nothing" role="alert">
        <p>{reasonText(t, reason, name)}</p>
        <div className="row">
          {may.here && <Button onClick={act(() => live.reload())}>{t("common.again")}</Button>}
          {may.here && place && (
            <Button variant="default" onClick={act(() => live.go(null))}>
              {t("staff.folders.to_roots")}
            </Button>
          )}
        </div>
      </div>
    )
  }
  if (state === "ready" && reason !== null) {
    return (
      <div className="page-note" role="alert">
        <span className="grow">{reasonText(t, reason, name)}</span>
        <Button size="compact-md" variant="default" onClick={act(() => live.more())}>
          {t("common.again")}
        </Button>
      </div>
    )
  }
  if (state !== "ready" || found > 0) return null
  if (filter) {
    return (
      <div className="nothing">
        <p className="muted">{t("staff.folders.none_found", { text: filter })}</p>
        {next !== null && <Button onClick={act(() => live.more(true))}>{t("staff.folders.all")}</Button>}
      </div>
    )
  }
  if (next !== null) return null
  return (
    <div className="nothing">
      <p className="muted">{t(place ? "staff.folders.empty" : "staff.folders.no_roots", { name })}</p>
      {place && may.write && may.here && <Button onClick={hands.pick}>{t("staff.folders.act.upload")}</Button>}
    </div>
  )
}
