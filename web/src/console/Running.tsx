import { useTranslation } from "react-i18next"
import { useNow } from "../staff/clock"
import { ago, exact, running } from "../staff/format"
import { useDesk } from "./context"

/** A time that ticks, since a moment of the server's clock. */
export function Running({ since }: { since: number }) {
  const offset = useDesk((state) => state.offset)
  return <time>{running(useNow() / 1000 + offset - since)}</time>
}

/** A time gone by, with the exact one on hover. */
export function Ago({ at }: { at: number }) {
  const { i18n } = useTranslation()
  const offset = useDesk((state) => state.offset)
  const now = useNow() / 1000 + offset
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={exact(at, i18n.language)}>
      {ago(at, now, i18n.language)}
    </time>
  )
}
