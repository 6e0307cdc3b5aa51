import type { TFunction } from "i18next"
import { useTranslation } from "react-i18next"
import type { ActMark } from "../player/acts"
import { clock } from "./format"
import classes from "./timeline.module.css"

/** Read out at most; the log of the page has all. */
const MOST_READ = 100

interface Props {
  acts: readonly ActMark[]
  duration: number
  seek: (at: number) => void
}

/** What staff did on the page, each with who did it. */
export function ActMarks({ acts, duration, seek }: Props) {
  const { t } = useTranslation()
  const said = (act: ActMark) => `${clock(act.at)} ${sentenceOf(t, act)}`
  return (
    <>
      <span className={classes.unseen}>{acts.slice(0, MOST_READ).map(said).join(", ")}</span>
      {acts.map((act) => (
        <i
          key={act.key}
          className={classes.mark}
          data-kind={act.refused ? "act_refused" : "act"}
          style={{ left: `${duration ? (act.at / duration) * 100 : 0}%` }}
          title={said(act)}
          aria-hidden
          onPointerDown={(event) => {
            event.stopPropagation()
            seek(act.at)
          }}
        />
      ))}
    </>
  )
}

function sentenceOf(t: TFunction, { by, op, count, refused }: ActMark): string {
  const what = t(`replay.page.op.${op}`, { defaultValue: op })
  const values = { by, what: count > 1 ? `${what} × ${count}` : what }
  if (!refused) return t("replay.page.act", values)
  return t("replay.page.act_refused", { ...values, why: t(`replay.page.reason.${refused}`, { defaultValue: refused }) })
}
