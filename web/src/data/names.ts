const LONGEST = 200
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)/i
/** As `rs_server/core/file_names.py`: no path, controls, formats (direction marks among them), unassigned, line breaks;
 * the two joiners that scripts and emoji need stay. */
const UNSAFE = /[<>:"/\\|?*]|(?![\u200c\u200d])\p{C}|\p{Zl}|\p{Zp}/gu

/** A name that somebody else gave, for a file that lands on this computer. */
export function harmless(name: string): string {
  const last = name.normalize("NFC").replace(/\\/g, "/").split("/").at(-1) ?? ""
  const plain = stripped(cut(stripped(last.replace(UNSAFE, "_"))))
  return (DEVICE.test(plain) ? `_${plain}` : plain) || "file"
}

const stripped = (name: string) => name.replace(/^[ .]+|[ .]+$/g, "")

/** Not too long; the ending stays. */
function cut(name: string): string {
  const letters = [...name]
  if (letters.length <= LONGEST) return name
  const ending = /\.[^.]{0,12}$/.exec(name)?.[0] ?? ""
  return letters.slice(0, LONGEST - [...ending].length).join("") + ending
}
