/** Letters without case and accents, one for one, so that places in the result are places in the text. */
function plain(text: string): string {
  return Array.from(text, (letter) => {
    const bare = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    return bare.length === letter.length ? bare : letter
  }).join("")
}

/** Indexes of the texts that contain what is sought. */
export function find(texts: readonly string[], query: string): number[] {
  const sought = plain(query.trim())
  if (!sought) return []
  return texts.flatMap((text, i) => (plain(text).includes(sought) ? [i] : []))
}

/** The place of the next hit, or of the one before, round and round; -1 is before the first step. */
export function turn(at: number, way: 1 | -1, count: number): number {
  return at < 0 && way < 0 ? count - 1 : (at + way + count) % count
}

export interface Piece {
  text: string
  at: number
  found: boolean
}

/** The text in pieces, those that were sought marked. */
export function parts(text: string, query: string): Piece[] {
  const sought = plain(query.trim())
  if (!sought) return [{ text, at: 0, found: false }]
  const source = plain(text)
  const pieces: Piece[] = []
  let at = 0
  while (at < text.length) {
    const next = source.indexOf(sought, at)
    const end = next < 0 ? text.length : next
    if (end > at) pieces.push({ text: text.slice(at, end), at, found: false })
    if (next >= 0) pieces.push({ text: text.slice(next, next + sought.length), at: next, found: true })
    at = next < 0 ? text.length : next + sought.length
  }
  return pieces
}
