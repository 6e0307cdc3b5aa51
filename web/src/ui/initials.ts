/** Two letters of a name, or the beginning of a number, for the round sign of a person. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  if (words[0]?.startsWith("+")) return words[0].slice(0, 3)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => word?.match(/\p{L}|\p{N}/u)?.[0],
  )
  return letters.filter(Boolean).join("").toUpperCase() || "–"
}
