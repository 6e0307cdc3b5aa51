import { createContext, useContext } from "react"
import type { AdministeredSites, SavedSite, SiteHistory } from "../../contract/messages"
import { request } from "../../data/http"
import { Store, useStore } from "../../data/store"
import { Refused } from "../../wire/control"
import { codeOf } from "../api"
import { equal } from "../merge"
import { NEW } from "../route"
import type { SiteSettings } from "./settings"

export interface Site {
  readonly key: string
  readonly version: number
  readonly settings: SiteSettings
}

/** A site that is being changed and not saved yet; `key` is typed for a new one. */
export interface Draft {
  readonly key: string
  /** 0: a new one. */
  readonly version: number
  readonly settings: SiteSettings
  /** Somebody else saved it meanwhile; null: they removed it. */
  readonly theirs?: Site | null
}

export interface SitesState {
  readonly sites: readonly Site[] | null
  readonly queues: readonly (readonly [id: string, name: string])[]
  readonly skills: readonly (readonly [id: string, name: string])[]
  readonly failed: string | null
  /** By key, `NEW` for a new one. */
  readonly drafts: Readonly<Record<string, Draft>>
}

const path = (key: string) => `/admin/sites/${encodeURIComponent(key)}`

/** The company's sites as administrators change them. */
export class Sites {
  readonly store = new Store<SitesState>({ sites: null, queues: [], skills: [], failed: null, drafts: {} })

  constructor(readonly mayChange: boolean) {}

  async load(): Promise<void> {
    try {
      const { sites, queues, skills } = await request<AdministeredSites>("GET", "/admin/sites")
      this.store.patch({ sites: sites as unknown as Site[], queues, skills, failed: null })
    } catch (error) {
      this.store.patch({ failed: codeOf(error) })
    }
  }

  find(key: string): Site | null {
    return this.store.get().sites?.find((site) => site.key === key) ?? null
  }

  /** Back at what is saved, it is no draft any more. */
  edit(at: string, draft: Draft): void {
    const saved = this.find(at)
    if (saved && draft.theirs === undefined && equal(saved.settings, draft.settings)) this.discard(at)
    else this.store.set((old) => ({ ...old, drafts: { ...old.drafts, [at]: draft } }))
  }

  discard(at: string): void {
    this.store.set((old) => {
      const { [at]: _, ...drafts } = old.drafts
      return { ...old, drafts }
    })
  }

  /** Rejects with `Refused`; on a conflict the draft then knows what the others made of it. */
  async save(at: string, draft: Draft): Promise<void> {
    try {
      await this.put(draft.key, draft.version, draft.settings)
    } catch (error) {
      if (error instanceof Refused && error.code === "conflict") {
        await this.load()
        // The key of a new one may be taken by a site that the person has not seen.
        if (at !== NEW) this.edit(at, { ...draft, theirs: this.find(draft.key) })
      }
      throw error
    }
    const now = this.store.get().drafts[at]
    this.discard(at)
    await this.load()
    // What was typed while it was saved is a change of what is saved now.
    const saved = this.find(draft.key)
    if (saved && now && now.settings !== draft.settings) this.edit(draft.key, { ...now, version: saved.version })
  }

  async put(key: string, version: number, settings: SiteSettings): Promise<void> {
    await request<SavedSite>("PUT", path(key), { version, settings })
  }

  async remove({ key, version }: Site): Promise<void> {
    try {
      await request<void>("DELETE", `${path(key)}?version=${version}`)
      this.discard(key)
    } finally {
      await this.load()
    }
  }

  /** My settings instead of theirs, or with theirs gone. */
  insist(at: string, draft: Draft): void {
    const { theirs: _, ...mine } = draft
    this.store.set((old) => ({
      ...old,
      drafts: { ...old.drafts, [at]: { ...mine, version: this.find(draft.key)?.version ?? 0 } },
    }))
  }

  history(key: string, signal: AbortSignal): Promise<SiteHistory> {
    return request<SiteHistory>("GET", `${path(key)}/changes`, undefined, signal)
  }
}

export const SitesContext = createContext<Sites | null>(null)

export function useSites(): Sites {
  const found = useContext(SitesContext)
  if (!found) throw new Error("outside of the sites")
  return found
}

export function useSitesState<S>(select: (state: SitesState) => S): S {
  return useStore(useSites().store, select)
}
