import type { Imported, PolicyAnswer, SavedVersion } from "../contract/messages"
import { request } from "../data/http"
import { Refused } from "../wire/control"
import type {
  Change,
  Checked,
  CountryInfo,
  HolidayInfo,
  HoursItem,
  Item,
  Kind,
  OpenDay,
  PolicyQuestion,
  Snapshot,
} from "./types"

const BASE = "/admin"
const item = (kind: Kind, id: string) => `${BASE}/items/${kind}/${encodeURIComponent(id)}`

export interface Proposal {
  kind: Kind
  id: string
  /** None: it would be removed. */
  item: Item | null
}

/** Calls of the administration. They reject with `Refused`. */
export const api = {
  configuration: (signal?: AbortSignal) => request<Snapshot>("GET", `${BASE}/configuration`, undefined, signal),
  /** `version`: of the configuration that the change was made on. */
  put: (kind: Kind, id: string, version: number, body: Item) =>
    request<SavedVersion>("PUT", item(kind, id), { version, item: body }),
  /** All of them, or none. */
  save: (version: number, changes: readonly Proposal[]) =>
    request<SavedVersion>("POST", `${BASE}/changes`, { version, changes }),
  remove: (kind: Kind, id: string, version: number) =>
    request<SavedVersion>("DELETE", `${item(kind, id)}?version=${version}`),
  check: (changes: readonly Proposal[], signal?: AbortSignal) =>
    request<Checked>("POST", `${BASE}/check`, { changes }, signal),
  changes: (before: number | null, limit: number, signal?: AbortSignal) =>
    request<{ changes: Change[] }>(
      "GET",
      `${BASE}/changes?limit=${limit}${before === null ? "" : `&before=${before}`}`,
      undefined,
      signal,
    ),
  undo: (version: number) => request<SavedVersion>("POST", `${BASE}/changes/${version}/undo`, {}),
  checkImport: (file: unknown) => request<Checked>("POST", `${BASE}/import?check=1`, file),
  import: (file: unknown) => request<Imported>("POST", `${BASE}/import`, file),
  exportPath: `/api/v1${BASE}/export`,
  policy: (question: PolicyQuestion, signal?: AbortSignal) =>
    request<PolicyAnswer>("POST", `${BASE}/policy`, question, signal),
  countries: (signal?: AbortSignal) =>
    request<{ countries: CountryInfo[] }>("GET", `${BASE}/holidays`, undefined, signal).then((body) => body.countries),
  holidays: (country: string, region: string, year: number, signal?: AbortSignal) =>
    request<{ days: HolidayInfo[] }>(
      "GET",
      `${BASE}/holidays?${new URLSearchParams({ country, region, year: String(year) })}`,
      undefined,
      signal,
    ).then((body) => body.days),
  previewHours: (hours: HoursItem, from: string, days: number, signal?: AbortSignal) =>
    request<{ days: OpenDay[] }>("POST", `${BASE}/hours/preview`, { hours, from, days }, signal).then(
      (body) => body.days,
    ),
}

export function codeOf(error: unknown): string {
  return error instanceof Refused ? error.code : "server_error"
}
