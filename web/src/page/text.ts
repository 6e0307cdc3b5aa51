/** Also halves of characters, as a cut leaves them behind: they are in no text that the server can read. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\p{Cs}/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const BREAKS = /[\x00-\x1f\x7f]+/g

/** The text as the server will have it. */
export const printable = (text: string): string => text.replace(CONTROL, "")

/** The same on one line, of no more than so many characters. */
export const oneLine = (text: string, most: number): string =>
  printable(text.replace(BREAKS, " ").trim().slice(0, most))
