import { createContext, useContext } from "react"
import { Store, useStore } from "../data/store"
import { Refused } from "../wire/control"
import { api, codeOf, type Proposal } from "./api"
import { emptyFields, find, put, RULES, withId } from "./items"
import { changedFields, equal, merged, type Side } from "./merge"
import { NEW } from "./route"
import type { Item, Kind, Snapshot } from "./types"

/** An item that is being changed and not saved yet. It lives as long as the page. */
export interface Draft {
  readonly kind: Kind
  /** `NEW` until it was saved. */
  readonly id: string
  /** As it was when the change began; none: a new one. */
  readonly base: Item | null
  readonly item: Item
  /** Of the configuration that it was made on. */
  readonly version: number
  /** Somebody else saved the item meanwhile; none: they removed it. */
  readonly theirs?: { readonly item: Item | null }
}

export interface AdminState {
  readonly snapshot: Snapshot | null
  /** Why the configuration could not be loaded. */
  readonly failed: string | null
  readonly drafts: Readonly<Record<string, Draft>>
}

const keyOf = (kind: Kind, id: string) => `${kind}/${id}`

/** What the administration knows and is changing. */
export class Admin {
  readonly store = new Store<AdminState>({ snapshot: null, failed: null, drafts: {} })

  constructor(readonly mayChange: boolean) {}

  async load(): Promise<void> {
    try {
      const snapshot = await api.configuration()
      this.store.patch({ snapshot, failed: null })
    } catch (error) {
      this.store.patch({ failed: codeOf(error) })
    }
  }

  draft(kind: Kind, id: string): Draft | null {
    return this.store.get().drafts[keyOf(kind, id)] ?? null
  }

  /** The item becomes what the person made of it; back at what is saved, it is no draft any more. */
  edit(kind: Kind, id: string, item: Item): void {
    const { snapshot } = this.store.get()
    if (!snapshot || !this.mayChange) return
    const before = this.draft(kind, id)
    const base = before ? before.base : id === NEW ? null : find(snapshot.configuration, kind, id)
    if (base !== null && equal(base, item) && !before?.theirs) this.discard(kind, id)
    else this.#keep({ ...before, kind, id, base, item, version: before?.version ?? snapshot.version })
  }

  discard(kind: Kind, id: string): void {
    this.store.set((old) => {
      const { [keyOf(kind, id)]: _, ...drafts } = old.drafts
      return { ...old, drafts }
    })
  }

  /** What to ask the server about, as it would be saved; none while fields are empty. */
  proposal(draft: Draft): Proposal | null {
    const { snapshot } = this.store.get()
    if (!snapshot) return null
    const item = withId(draft.kind, draft.item, snapshot.configuration)
    const id = draft.kind === "rules" ? RULES : idOf(item)
    return emptyFields(draft.kind, id, item).length ? null : { kind: draft.kind, id, item }
  }

  /** Saves a draft and answers the item's id and the version that undoes it. Rejects with `Refused`; on a conflict the
   * draft then knows what the others made of the item. */
  async save(draft: Draft): Promise<{ id: string; version: number }> {
    const proposal = this.proposal(draft)
    if (!proposal?.item) throw new Refused({ code: "bad_request", message: "fields are empty" })
    const { kind, id, item } = proposal
    try {
      const { version } = await api.put(kind, id, draft.version, item)
      this.#saved(draft, id, item, version)
      void this.load()
      return { id, version }
    } catch (error) {
      if (codeOf(error) === "conflict") await this.#meet([draft])
      throw error
    }
  }

  /** Saves drafts of items that are there, all of them or none, and answers the version that undoes it. Rejects as
   * `save` does. */
  async saveAll(drafts: readonly Draft[]): Promise<number> {
    const { snapshot } = this.store.get()
    const proposals = drafts.map((draft) => this.proposal(draft)).filter((one) => one !== null)
    if (!snapshot || proposals.length < drafts.length)
      throw new Refused({ code: "bad_request", message: "fields are empty" })
    // Items that are as they were when their changes began were changed on what there is now.
    const same = drafts.every(({ kind, id, base }) => equal(base, find(snapshot.configuration, kind, id)))
    const made = same ? snapshot.version : Math.min(...drafts.map((draft) => draft.version))
    try {
      const { version } = await api.save(made, proposals)
      for (const [at, { id, item }] of proposals.entries()) this.#saved(drafts[at] as Draft, id, item as Item, version)
      void this.load()
      return version
    } catch (error) {
      if (codeOf(error) === "conflict") await this.#meet(drafts)
      throw error
    }
  }

  /** After a conflict: the draft goes on from what the others saved, with the sides chosen. */
  settle(draft: Draft, choice: Readonly<Record<string, Side>>): void {
    const { snapshot } = this.store.get()
    if (!snapshot || !draft.theirs) return
    const { theirs, ...rest } = draft
    if (theirs.item === null) this.#keep({ ...rest, base: null, version: snapshot.version })
    else {
      const item = merged(draft.base, draft.item, theirs.item, choice)
      if (equal(item, theirs.item)) this.discard(draft.kind, draft.id)
      else this.#keep({ ...rest, base: theirs.item, item, version: snapshot.version })
    }
  }

  async remove(kind: Kind, id: string): Promise<number> {
    const { snapshot } = this.store.get()
    try {
      const { version } = await api.remove(kind, id, snapshot?.version ?? 0)
      this.discard(kind, id)
      this.#patch(kind, id, null, version)
      return version
    } finally {
      void this.load()
    }
  }

  /** Takes changes back, the newest first. */
  async undo(...versions: number[]): Promise<void> {
    try {
      for (const version of versions.sort((a, b) => b - a)) await api.undo(version)
    } finally {
      await this.load()
    }
  }

  /** What was typed while it was saved is a change of what is saved now. */
  #saved(draft: Draft, id: string, item: Item, version: number): void {
    const { kind } = draft
    const now = this.draft(kind, draft.id)
    this.discard(kind, draft.id)
    this.#patch(kind, id, item, version)
    if (!now || equal(now.item, draft.item)) return
    const later = "id" in item ? ({ ...now.item, id: item.id } as Item) : now.item
    this.#keep({ kind, id: draft.id === NEW ? id : draft.id, base: item, item: later, version })
  }

  async #meet(sent: readonly Draft[]): Promise<void> {
    await this.load()
    const { snapshot } = this.store.get()
    if (snapshot) for (const draft of sent) this.#met(draft, snapshot)
  }

  #met(sent: Draft, snapshot: Snapshot): void {
    // As it stands now, with what was typed meanwhile; one that was discarded does not come back.
    const draft = this.draft(sent.kind, sent.id) ?? (sent.id === NEW ? sent : null)
    if (!draft) return
    const item = find(snapshot.configuration, draft.kind, draft.id)
    // Somebody took the id of a new item: it gets another one when it is saved again.
    const same = draft.base === null || (item !== null && changedFields(draft.base, item).length === 0)
    this.#keep(same ? { ...draft, version: snapshot.version } : { ...draft, theirs: { item } })
  }

  #keep(draft: Draft): void {
    this.store.set((old) => ({ ...old, drafts: { ...old.drafts, [keyOf(draft.kind, draft.id)]: draft } }))
  }

  #patch(kind: Kind, id: string, item: Item | null, version: number): void {
    this.store.set((old) => {
      if (!old.snapshot) return old
      return {
        ...old,
        snapshot: { ...old.snapshot, version, configuration: put(old.snapshot.configuration, kind, id, item) },
      }
    })
  }
}

function idOf(item: Item): string {
  return "id" in item ? item.id : RULES
}

export const AdminContext = createContext<Admin | null>(null)

export function useAdmin(): Admin {
  const found = useContext(AdminContext)
  if (!found) throw new Error("outside of the administration")
  return found
}

export function useAdminState<S>(select: (state: AdminState) => S): S {
  return useStore(useAdmin().store, select)
}

/** The configuration; only below a page that waits for it. */
export function useSnapshot(): Snapshot {
  const snapshot = useAdminState((state) => state.snapshot)
  if (!snapshot) throw new Error("before the configuration")
  return snapshot
}
