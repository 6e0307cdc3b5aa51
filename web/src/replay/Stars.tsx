import { useTranslation } from "react-i18next"
import classes from "./audit.module.css"

/** A rating of one to five; nothing when nobody rated. */
export function Stars({ count }: { count: number | null }) {
  const { t } = useTranslation()
  if (!count) return null
  const said = t("audit.stars", { count })
  return (
    <span className={classes.stars} role="img" aria-label={said} title={said}>
      {"★".repeat(count)}
      <span className={classes.faint}>{"★".repeat(5 - count)}</span>
    </span>
  )
}
