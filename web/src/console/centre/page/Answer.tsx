import { IconX } from "@tabler/icons-react"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { LivePage } from "../../../data/pages"
import { useStore } from "../../../data/store"

/** So long it can be read. */
const SHOWN_MS = 6000

/** What became of the last act: the customer is asked, or it was refused and why. */
export function Answer({ page, name }: { page: LivePage; name: string }) {
  const { t } = useTranslation()
  const answer = useStore(page.store, (state) => state.answer)
  const [over, setOver] = useState(0)
  useEffect(() => {
    if (!answer || answer.outcome === "asking") return
    const timer = setTimeout(() => setOver(answer.number), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [answer])
  const now = answer && answer.number > over ? answer : null
  return (
    <p className="page-answer" role="status" data-outcome={now?.outcome}>
      {now?.outcome === "refused" && <IconX size={16} aria-hidden />}
      {now && t(textOf(now.outcome, now.reason), { name })}
    </p>
  )
}

function textOf(outcome: string, reason: string | null): string {
  return outcome === "refused" ? `staff.page.reason.${reason ?? "failed"}` : `staff.page.${outcome}`
}
