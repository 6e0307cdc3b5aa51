import { useTranslation } from "react-i18next"
import { useView } from "../context"
import { Panel } from "../right/Panel"
import { useRoomWidth } from "../width"
import { CallBar } from "./CallBar"
import { Rail } from "./Rail"
import { SessionHead } from "./SessionHead"
import { Stage } from "./Stage"
import { Troubles } from "./Troubles"
import "./centre.css"

interface Props {
  session: string | null
  /** Not in front: kept alive behind, so that pictures go on. */
  front: boolean
  onBack: () => void
}

export function Centre({ session, front, onBack }: Props) {
  return (
    <main
      className="centre"
      data-alone={session === null || undefined}
      data-behind={front ? undefined : true}
      inert={!front}
    >
      {session === null ? <NoSession /> : <Open session={session} onBack={onBack} />}
    </main>
  )
}

function Open({ session, onBack }: { session: string; onBack: () => void }) {
  const view = useView(session)
  const wide = useRoomWidth() === "wide"
  if (!view) return null
  const stage = (
    <div className="work">
      <Stage view={view} />
      {wide && <Rail view={view} />}
    </div>
  )
  return (
    <>
      <SessionHead view={view} onBack={onBack} />
      <Troubles session={session} />
      <Panel session={session} stage={stage} alone={wide} />
      <CallBar view={view} />
    </>
  )
}

function NoSession() {
  const { t } = useTranslation()
  return (
    <div className="nothing">
      <h1>{t("staff.nothing.title")}</h1>
      <p className="muted">{t("staff.nothing.text")}</p>
    </div>
  )
}
