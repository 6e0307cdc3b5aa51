import { type DragEvent, useEffect, useMemo, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { arranged } from "../../../data/foldermodel"
import type { MayFolders } from "../../../data/folders"
import * as model from "../../../data/session"
import { useStore } from "../../../data/store"
import type { SessionView } from "../../../wire/view"
import { useConsole } from "../../context"
import { focused, useFocusWish } from "../front"
import { ActNotes } from "./ActNotes"
import type { Asked, Hands } from "./actions"
import { chooseFor } from "./ConflictDialog"
import { FolderBar } from "./FolderBar"
import { FolderDialogs } from "./FolderDialogs"
import { FolderList } from "./FolderList"
import "../page/scene.css"
import "./folders.css"

interface Props {
  view: SessionView
  may: MayFolders
}

/** The customer's folders: where one is, what is there, and what can be done with it. */
export function FolderScene({ view, may }: Props) {
  const { t, i18n } = useTranslation()
  const engine = useConsole()
  const { id } = view.session
  const live = engine.folders.of(id, may.giver)
  const now = useStore(live.store, (state) => state)
  const name = model.customerName(view) || t("staff.nameless")
  const [asked, setAsked] = useState<Asked | null>(null)
  const grid = useRef<HTMLDivElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const wish = useFocusWish(id)
  useEffect(() => {
    if (now.state === "unasked" && may.here) live.go(null)
  }, [live, now.state, may.here])
  useEffect(() => {
    if (!wish) return
    grid.current?.focus()
    focused(id)
  }, [wish, id])
  const back = () => grid.current?.focus()
  const { entries, sorting, filter } = now
  const list = useMemo(
    () => arranged(entries, sorting, filter, i18n.language),
    [entries, sorting, filter, i18n.language],
  )
  const hands: Hands = { engine, live, now, list, may, ask: setAsked, pick: () => picker.current?.click() }
  const { over, handlers } = useDrop(may.write && may.here && now.place !== null, (files) => send(hands, files))
  return (
    <section
      className={over ? "folder-scene over" : "folder-scene"}
      aria-label={t("staff.folders.of", { name })}
      {...handlers}
    >
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          send(hands, event.currentTarget.files)
          event.currentTarget.value = ""
        }}
      />
      <FolderBar view={view} hands={hands} name={name} back={back} />
      {!may.here && (
        <p className="page-note" role="status">
          {t("staff.folders.away", { name })}
        </p>
      )}
      <ActNotes acts={live.acts} name={name} back={back} />
      <FolderList ref={grid} hands={hands} name={name} />
      {over && <p className="folder-over">{t("staff.folders.drop")}</p>}
      <FolderDialogs asked={asked} hands={hands} name={name} close={() => setAsked(null)} back={back} />
    </section>
  )
}

/** Those whose name is there already are asked about before anything is sent. */
function send({ engine, live, now }: Hands, files: FileList | null): void {
  if (!now.place || !files?.length) return
  const taken = new Set(now.entries.map((one) => one.name))
  chooseFor(engine.folders.transfers.upload(live.session, live.giver, now.place, files, taken))
}

function useDrop(may: boolean, taken: (files: FileList) => void) {
  const [over, setOver] = useState(false)
  const handlers = {
    onDragOver: (event: DragEvent) => {
      // Without this the browser would open the file in place of the console.
      event.preventDefault()
      event.dataTransfer.dropEffect = may ? "copy" : "none"
      setOver(may)
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      if (may) taken(event.dataTransfer.files)
    },
  }
  return { over, handlers }
}
