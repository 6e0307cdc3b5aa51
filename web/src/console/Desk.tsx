import { useEffect, useRef, useState } from "react"
import { Centre } from "./centre/Centre"
import { ConflictDialog } from "./centre/folders/ConflictDialog"
import { TransferStrip } from "./centre/folders/TransferStrip"
import { Sounds } from "./centre/Sounds"
import { sessionOrder, useConsole, useDesk } from "./context"
import { DialogContext, type Dialogs, OF_SESSION, useDialogs } from "./dialogs/dialogs"
import { FoldersDialog } from "./dialogs/FoldersDialog"
import { HandOverDialog } from "./dialogs/HandOverDialog"
import { InviteDialog } from "./dialogs/InviteDialog"
import { KeysDialog } from "./dialogs/KeysDialog"
import { NewSessionDialog } from "./dialogs/NewSessionDialog"
import { OwnClientDialog } from "./dialogs/OwnClientDialog"
import { Palette } from "./dialogs/Palette"
import { TransferDialog } from "./dialogs/TransferDialog"
import { Header } from "./header/Header"
import { LinkBanner } from "./header/LinkBanner"
import { useKeys } from "./keys"
import { Left } from "./left/Left"
import { Panel } from "./right/Panel"
import { useWidth, WidthContext } from "./width"
import "./layout.css"

/** The whole console: header, my sessions, the stage, and what is beside it. */
export function Desk() {
  const dialogs = useDialogs()
  const width = useWidth()
  return (
    <DialogContext value={dialogs}>
      <WidthContext value={width}>
        <Room dialogs={dialogs} />
      </WidthContext>
    </DialogContext>
  )
}

function Room({ dialogs }: { dialogs: Dialogs }) {
  const engine = useConsole()
  const width = useWidth()
  const front = useDesk((state) => (state.front && state.views[state.front] ? state.front : null))
  const order = useDesk(sessionOrder)
  // A dialog stays with the session for which it was opened, whatever comes to the front meanwhile.
  const [meant, setMeant] = useState(front)
  if (!OF_SESSION.has(dialogs.open) && meant !== front) setMeant(front)
  const target = dialogs.session ?? meant
  const about = useDesk((state) => (target && state.views[target] ? target : null))
  const [list, setList] = useState(true)
  useKeys(engine, dialogs)
  // On a phone the list and the session are two screens: opening a session leaves the list.
  useEffect(() => setList(front === null), [front])
  // What it was about is gone, and with it the dialog; left open, it would keep the next one shut.
  const { open, close } = dialogs
  const shown = useRef(false)
  useEffect(() => {
    const gone = OF_SESSION.has(open) && shown.current && about === null
    shown.current = OF_SESSION.has(open) && about !== null
    if (gone) close()
  }, [about, open, close])
  const phone = width === "phone"
  return (
    <div className="console" data-width={width} data-screen={phone ? (list ? "list" : "session") : undefined}>
      <Header />
      <LinkBanner />
      {(!phone || list) && <Left onOpen={() => setList(false)} />}
      {order.map((session) => (
        <Centre
          key={session}
          session={session}
          front={session === front && !(phone && list)}
          onBack={() => setList(true)}
        />
      ))}
      {front === null && !phone && <Centre session={null} front onBack={() => {}} />}
      {front && width === "wide" && <Panel key={front} session={front} />}
      <TransferStrip />
      <ConflictDialog />
      <Sounds />
      {about && <InviteDialog session={about} />}
      {about && <HandOverDialog session={about} />}
      {about && <TransferDialog session={about} />}
      {about && <OwnClientDialog session={about} />}
      {about && <FoldersDialog session={about} />}
      <NewSessionDialog />
      <KeysDialog />
      <Palette />
    </div>
  )
}
