import { Button, Textarea } from "@mantine/core"
import { useCallback, useEffect, useRef, useState } from "react"
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
  const [book, setBook] = useState(() => {
    const { [place]: text, [`${place} version`]: base } = drafts.get()
    return notes.open(view.note, text ?? null, base === undefined ? null : Number(base))
  })
  const latest = useRef(book)
  const [refused, setRefused] = useState<string | null>(null)
  const online = useDesk((state) => state.link.kind === "open")
  const { note } = view

  useEffect(() => {
    if (note) setBook((old) => notes.arrived(old, note))
  }, [note])

  const save = useCallback(async () => {
    if (!notes.due(latest.current)) return
    const { text, version } = latest.current
    // At once, so that the pause and the loss of the focus do not both send it.
    latest.current = notes.sent(latest.current)
    setBook(notes.sent)
    try {
      await engine.send({ type: "note.save", text, version }, id)
      setBook(notes.accepted)
    } catch (cause) {
      setBook(notes.failed)
      const code = cause instanceof Refused ? cause.code : "server_error"
      // On a conflict the other text is on its way; without a line it is sent again when there is one.
      if (code !== "conflict" && code !== "offline") setRefused(code)
    }
  }, [engine, id])

  useEffect(() => {
    latest.current = book
    const open = notes.changed(book)
    draft(place, open ? book.text : "")
    draft(`${place} version`, open ? String(book.version) : "")
    if (!notes.due(book) || !online || refused !== null) return
    const timer = setTimeout(save, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [place, book, online, refused, save])

  // Whoever goes elsewhere, or ends the wrap-up, has said the last word on it.
  useEffect(() => () => void save(), [save])

  return (
    <div className="notes">
      <Textarea
        className="grow"
        aria-label={t("staff.notes.title")}
        placeholder={t("staff.notes.placeholder")}
        maxLength={LONGEST}
        value={book.text}
        onBlur={() => {
          if (online && refused === null) void save()
        }}
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
