import { Button, Textarea } from "@mantine/core"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { draft, drafts } from "../../data/drafts"
import * as notes from "../../data/notes"
import { Refused } from "../../wire/control"
import type { SessionView } from "../../wire/view"
import { useConsole, useDesk } from "../context"
import { Ago } from "../Running"

const PAUSE_MS = 700
const LONGEST = 20_000

/** Notes of the session, saved as they are typed. */
export function Notes({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const { id } = view.session
  const place = `${id} notes`
  const [book, setBook] = useState(() => notes.open(view.note, drafts.get()[place] ?? null))
  const [refused, setRefused] = useState<string | null>(null)
  const online = useDesk((state) => state.link.kind === "open")
  const { note } = view

  useEffect(() => {
    if (note) setBook((old) => notes.arrived(old, note))
  }, [note])

  useEffect(() => {
    draft(place, notes.changed(book) ? book.text : "")
    if (!notes.due(book) || !online || refused !== null) return
    const timer = setTimeout(async () => {
      setBook((old) => notes.sent(old))
      try {
        await engine.send({ type: "note.save", text: book.text, version: book.version }, id)
        setBook((old) => notes.accepted(old))
      } catch (cause) {
        setBook((old) => notes.failed(old))
        const code = cause instanceof Refused ? cause.code : "server_error"
        // On a conflict the other text is on its way; without a line it is sent again when there is one.
        if (code !== "conflict" && code !== "offline") setRefused(code)
      }
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [engine, id, place, book, online, refused])

  return (
    <div className="notes">
      <Textarea
        className="grow"
        aria-label={t("staff.notes.title")}
        placeholder={t("staff.notes.placeholder")}
        maxLength={LONGEST}
        value={book.text}
        onChange={(event) => {
          const text = event.currentTarget.value
          setRefused(null)
          setBook((old) => notes.typed(old, text))
        }}
      />
      {book.theirs && <Conflict book={book} onSettle={(choice) => setBook((old) => notes.settle(old, choice))} />}
      <p className="small muted" role="status">
        {refused !== null ? (
          t(`common.error.${refused}`, { defaultValue: t("common.error.server_error") })
        ) : notes.changed(book) ? (
          t(online ? "staff.notes.saving" : "staff.notes.kept")
        ) : note ? (
          <>
            {t("staff.notes.saved")} · {note.saved_by && `${note.saved_by} · `}
            <Ago at={note.saved_at} />
          </>
        ) : (
          t("staff.notes.hint")
        )}
      </p>
    </div>
  )
}

function Conflict({
  book,
  onSettle,
}: {
  book: notes.Notebook
  onSettle: (choice: "mine" | "theirs" | "both") => void
}) {
  const { t } = useTranslation()
  return (
    <div className="conflict" role="alert">
      <b>{t("staff.notes.conflict", { name: book.theirs?.saved_by ?? "" })}</b>
      <blockquote>{book.theirs?.text}</blockquote>
      <div className="row wrap">
        <Button size="compact-md" onClick={() => onSettle("both")}>
          {t("staff.notes.both")}
        </Button>
        <Button size="compact-md" variant="default" onClick={() => onSettle("mine")}>
          {t("staff.notes.mine")}
        </Button>
        <Button size="compact-md" variant="default" onClick={() => onSettle("theirs")}>
          {t("staff.notes.theirs")}
        </Button>
      </div>
    </div>
  )
}
