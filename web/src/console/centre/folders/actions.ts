import type { FolderEntry } from "../../../contract/messages"
import type { Console } from "../../../data/console"
import { into, keyOf } from "../../../data/foldermodel"
import type { FoldersNow, LiveFolders, MayFolders } from "../../../data/folders"

export type Asked =
  | { kind: "make" }
  | { kind: "rename"; entry: FolderEntry }
  | { kind: "delete"; entries: readonly FolderEntry[] }

/** Something that can be done with a folder or what is in it; `why`: key of the reason why it cannot. */
export interface Action {
  readonly name: "open" | "download" | "rename" | "delete" | "upload" | "make" | "reload"
  readonly keys: string | null
  readonly why: string | null
  readonly run: () => void
}

export interface Hands {
  engine: Console
  live: LiveFolders
  now: FoldersNow
  /** What is shown of it, in its order. */
  list: readonly FolderEntry[]
  may: MayFolders
  ask: (asked: Asked) => void
  pick: () => void
}

/** What is chosen; where nothing is, the entry where the keyboard is. */
export function meant(now: FoldersNow, entries: readonly FolderEntry[]): readonly FolderEntry[] {
  const chosen = entries.filter((one) => now.chosen.has(keyOf(one)))
  if (chosen.length > 0) return chosen
  const active = entries.find((one) => keyOf(one) === now.active)
  return active ? [active] : []
}

export function actionsOn(hands: Hands, entries: readonly FolderEntry[]): readonly Action[] {
  const { live, now, may, ask, engine } = hands
  const { place } = now
  const [one] = entries
  const files = entries.filter((entry) => entry.kind === "file")
  const folder = one && entries.length === 1 ? into(place, one) : null
  const away = may.here ? null : "away"
  const write = away ?? (place ? (may.write ? null : "read_only") : "roots")
  const some = entries.length > 0 ? null : "nothing"
  const strange = one?.kind === "link" ? "link" : one?.kind === "other" ? "other" : "not_file"
  const read = away ?? (may.read ? null : "write_only")
  const load = () => {
    if (place) engine.folders.transfers.download(live.session, live.giver, place, files)
    live.store.patch({ chosen: new Set() })
  }
  return [
    {
      name: "open",
      keys: "Enter",
      why: away ?? some ?? (folder ? null : "not_folder"),
      run: () => folder && live.go(folder),
    },
    { name: "download", keys: null, why: some ?? read ?? (files.length > 0 && place ? null : strange), run: load },
    {
      name: "rename",
      keys: "F2",
      why: some ?? write ?? (entries.length === 1 ? null : "several"),
      run: () => one && ask({ kind: "rename", entry: one }),
    },
    { name: "delete", keys: "Delete", why: some ?? write, run: () => ask({ kind: "delete", entries }) },
  ]
}

export function actionsHere({ live, now, may, ask, pick }: Hands): readonly Action[] {
  const away = may.here ? null : "away"
  const write = away ?? (now.place ? (may.write ? null : "read_only") : "roots")
  return [
    { name: "upload", keys: "Ctrl+U", why: write, run: pick },
    { name: "make", keys: null, why: write, run: () => ask({ kind: "make" }) },
    { name: "reload", keys: null, why: away, run: () => live.reload() },
  ]
}

/** Enter or a double click: a folder opens, a file comes. */
export function openOne(hands: Hands, entry: FolderEntry): void {
  const actions = actionsOn(hands, [entry])
  const action = actions.find((one) => one.why === null && (one.name === "open" || one.name === "download"))
  action?.run()
}
