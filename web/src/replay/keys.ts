/** What a key does in the replay. */
export type Command =
  | { kind: "toggle" }
  | { kind: "skip"; seconds: number }
  | { kind: "start" }
  | { kind: "end" }
  | { kind: "mark"; way: 1 | -1 }
  | { kind: "rate"; way: 1 | -1 }

export interface Press {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

const LETTERS: Record<string, Command> = {
  j: { kind: "skip", seconds: -10 },
  k: { kind: "toggle" },
  l: { kind: "skip", seconds: 10 },
  n: { kind: "mark", way: 1 },
  p: { kind: "mark", way: -1 },
  "+": { kind: "rate", way: 1 },
  "-": { kind: "rate", way: -1 },
}

/** The command of a key press, or null when the key is not ours. */
export function commandOf(press: Press): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null
  switch (press.key) {
    case " ":
      return { kind: "toggle" }
    case "ArrowLeft":
      return { kind: "skip", seconds: press.shiftKey ? -1 : -5 }
    case "ArrowRight":
      return { kind: "skip", seconds: press.shiftKey ? 1 : 5 }
    case "Home":
      return { kind: "start" }
    case "End":
      return { kind: "end" }
    default:
      return LETTERS[press.key.toLowerCase()] ?? null
  }
}

/** Whether whatever has the focus wants the key for itself. */
export function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest("[role=dialog], [role=menu]")) return true
  if (target instanceof HTMLInputElement && target.type === "range") return false
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return true
  if (target instanceof HTMLSelectElement) return true
  return key === " " && target.closest("button, a, summary") !== null
}
