import { Button, Modal, TextInput } from "@mantine/core"
import { useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { Place } from "../../../data/foldermodel"
import { nameTrouble, shownName } from "../../../data/foldermodel"
import type { Asked, Hands } from "./actions"

interface Props {
  asked: Asked | null
  hands: Hands
  name: string
  close: () => void
  /** The keyboard goes to the list again. */
  back: () => void
}

export function FolderDialogs({ asked, hands, name, close, back }: Props) {
  const { t } = useTranslation()
  // What it says stays while it fades.
  const last = useRef(asked)
  if (asked) last.current = asked
  const { kind } = last.current ?? { kind: "make" }
  const { place } = hands.now
  return (
    <Modal
      opened={asked !== null && place !== null}
      onClose={close}
      title={t(`staff.folders.${kind}_title`)}
      returnFocus={false}
      // What is typed right behind F2 is for the name already.
      transitionProps={{ duration: 0 }}
      onExitTransitionEnd={back}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {asked?.kind === "delete" && place && (
        <Delete asked={asked} place={place} hands={hands} name={name} close={close} />
      )}
      {asked && asked.kind !== "delete" && place && <Name asked={asked} place={place} hands={hands} close={close} />}
    </Modal>
  )
}

interface NameProps {
  asked: Exclude<Asked, { kind: "delete" }>
  place: Place
  hands: Hands
  close: () => void
}

function Name({ asked, place, hands: { live, now }, close }: NameProps) {
  const { t } = useTranslation()
  const old = asked.kind === "rename" ? asked.entry.name : ""
  const [name, setName] = useState(old)
  const [tried, setTried] = useState(false)
  const trouble = nameTrouble(name, now.entries, old || undefined)
  const send = () => {
    setTried(true)
    if (trouble) return
    if (asked.kind === "make") live.acts.begin("make", place, [name])
    else if (name !== old) live.acts.begin("rename", place, [old], name)
    close()
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <TextInput
        autoFocus
        data-autofocus
        label={t("staff.folders.name")}
        value={name}
        error={(tried || name !== old) && trouble && name ? t(`staff.folders.name_${trouble}`) : null}
        onFocus={(event) => {
          // The part before the ending, as file managers do.
          const dot = asked.kind === "rename" && asked.entry.kind === "file" ? old.lastIndexOf(".") : -1
          event.currentTarget.setSelectionRange(0, dot > 0 ? dot : old.length)
        }}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className="row wrap">
        <Button type="submit" disabled={trouble !== null}>
          {t(`staff.folders.act.${asked.kind}`)}
        </Button>
        <Button variant="default" onClick={close}>
          {t("staff.folders.cancel")}
        </Button>
      </div>
    </form>
  )
}

interface DeleteProps {
  asked: Extract<Asked, { kind: "delete" }>
  place: Place
  hands: Hands
  name: string
  close: () => void
}

function Delete({ asked, place, hands: { live }, name, close }: DeleteProps) {
  const { t } = useTranslation()
  const { entries } = asked
  const send = () => {
    live.acts.begin(
      "delete",
      place,
      entries.map((one) => one.name),
    )
    close()
  }
  return (
    <div className="stack">
      <p className="folder-what">
        {entries.length === 1
          ? t("staff.folders.delete_one", { what: shownName(entries[0]?.name ?? "") })
          : t("staff.folders.delete_many", { count: entries.length })}
      </p>
      <p className="muted">{t("staff.folders.delete_asked", { name, count: entries.length })}</p>
      <div className="row wrap">
        <Button color="stop" data-autofocus onClick={send}>
          {t("staff.folders.act.delete")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("staff.folders.cancel")}
        </Button>
      </div>
    </div>
  )
}
