import type { Note } from "../contract/messages"
import { printable } from "../page/text"

/**
 * Notes that several agents may write: what stands on the server, what is in the box, and what is on its way.
 * Nothing typed is ever replaced without being asked.
 */
export interface Notebook {
  /** Version that the text in the box is based on. */
  readonly version: number
  readonly saved: string
  readonly text: string
  /** Text on its way to the server. */
  readonly sending: string | null
  /** What another wrote while this was changed. */
  readonly theirs: Note | null
}

/** `draft`: what was typed earlier, on top of the version `base`; when another wrote since, both are there to choose. */
export function open(note: Note | null, draft: string | null, base: number | null = null): Notebook {
  const saved = note?.text ?? ""
  if (note && draft !== null && base !== null && base < note.version && draft !== saved) {
    return { version: base, saved: "", text: draft, sending: null, theirs: note }
  }
  return { version: note?.version ?? 0, saved, text: draft ?? saved, sending: null, theirs: null }
}

export const changed = (book: Notebook): boolean => book.text !== book.saved
/** To be sent now: something new, nothing on its way, no question open. */
export const due = (book: Notebook): boolean => changed(book) && book.sending === null && book.theirs === null

export const typed = (book: Notebook, text: string): Notebook => ({ ...book, text: printable(text) })
export const sent = (book: Notebook): Notebook => ({ ...book, sending: book.text })

/** The server took it; its `note.changed` may come before or after. */
export function accepted(book: Notebook): Notebook {
  if (book.sending === null) return book
  return { ...book, saved: book.sending, version: book.version + 1, sending: null }
}

/** It could not be sent; it is due again. */
export const failed = (book: Notebook): Notebook => ({ ...book, sending: null })

/** A note came from the server. */
export function arrived(book: Notebook, note: Note): Notebook {
  if (note.version <= book.version) return book
  if (note.text === book.sending) return { ...book, version: note.version, saved: note.text, sending: null }
  if (!changed(book) || note.text === book.text) {
    return { version: note.version, saved: note.text, text: note.text, sending: null, theirs: null }
  }
  return { ...book, sending: null, theirs: note }
}

/** The answer to two texts at once. */
export function settle(book: Notebook, choice: "mine" | "theirs" | "both"): Notebook {
  const { theirs } = book
  if (!theirs) return book
  const texts = { mine: book.text, theirs: theirs.text, both: `${theirs.text}\n\n${book.text}` }
  return { version: theirs.version, saved: theirs.text, text: texts[choice], sending: null, theirs: null }
}
