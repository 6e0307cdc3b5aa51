import { Tooltip, UnstyledButton } from "@mantine/core"
import { IconClipboardText } from "@tabler/icons-react"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { held, type Shown } from "../../../wire/derive"
import type { SessionView } from "../../../wire/view"
import { useConsole } from "../../context"

interface Props {
  view: SessionView
  shown: Shown
  name: string
}

/** So long it can be read. */
const SHOWN_MS = 6000

/** Text that was copied here: typed there, or put into the clipboard there. */
export function FromClipboard({ view, shown, name }: Props) {
  const { t } = useTranslation()
  const engine = useConsole()
  const [said, setSaid] = useState<"put" | "typed" | "blocked" | "empty" | null>(null)
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [said])
  const live = engine.screens.of(view.session.id, shown.giver)
  const puts = held(view, shown.giver, "clipboard_in") !== null
  const label = t(puts ? "staff.screen.put_clipboard" : "staff.screen.type_clipboard")
  const take = async () => {
    // The same word is heard once more only when it was gone.
    setSaid(null)
    const text = await navigator.clipboard.readText().catch(() => null)
    if (!text) return setSaid(text === null ? "blocked" : "empty")
    if (!puts) live.screen.text(text)
    else if (!(await engine.act({ type: "clipboard.put", giver: shown.giver, text }, view.session.id))) return
    setSaid(puts ? "put" : "typed")
  }
  return (
    <>
      <Tooltip label={label}>
        <UnstyledButton className="page-tool" aria-label={label} onClick={() => void take()}>
          <IconClipboardText size={18} />
        </UnstyledButton>
      </Tooltip>
      <span className="small muted screen-said" role="status">
        {said && t(`staff.screen.clipboard_${said}`, { name })}
      </span>
    </>
  )
}
