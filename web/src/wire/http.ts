import type { ErrorInfo } from "../contract/messages"
import { Refused } from "./control"
import { json } from "./json"

/** Calls of the HTTP API. `access` is the bearer token, once there is one. */
export class Api {
  access: string | null = null

  /** `base`: origin of the server, without a slash at the end. */
  constructor(readonly base: string) {}

  url(path: string): string {
    return path.startsWith("/api/") ? this.base + path : `${this.base}/api/v1${path}`
  }

  /** Rejects with `Refused`: the server's error, or `offline` when it could not be reached. */
  async call(
    method: string,
    path: string,
    init: { body?: BodyInit | null; headers?: Record<string, string>; signal?: AbortSignal } = {},
  ) {
    const headers: Record<string, string> = { ...init.headers }
    if (this.access) headers.Authorization = `Bearer ${this.access}`
    let response: Response
    try {
      response = await fetch(this.url(path), {
        method,
        headers,
        body: init.body ?? null,
        signal: init.signal ?? null,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
      })
    } catch {
      throw new Refused({ code: "offline", message: "the server was not reached" })
    }
    if (!response.ok) throw new Refused(errorOf(response.status, await response.text().catch(() => "")))
    return response
  }

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await (await this.call("GET", path, { signal })).json()) as T
  }

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    const headers = { "Content-Type": "application/json" }
    return (await (await this.call("POST", path, { body: json(body), headers })).json()) as T
  }
}

/** Where the body says nothing: an answer to HEAD has none, and a proxy speaks its own. */
const BY_STATUS: Partial<Record<number, ErrorInfo["code"]>> = {
  401: "not_signed_in",
  403: "not_allowed",
  404: "not_found",
  413: "too_large",
  422: "file_digest",
  429: "throttled",
}

/** What a refusal says, by its body, else by its status. */
export function errorOf(status: number, text: string): ErrorInfo {
  try {
    const body = JSON.parse(text) as Partial<ErrorInfo> & { error?: ErrorInfo }
    const error = body.error ?? body
    if (typeof error.code === "string") return error as ErrorInfo
  } catch {
    // Not ours: told by its status below.
  }
  return { code: BY_STATUS[status] ?? "server_error", message: `status ${status}` }
}
