import type { ErrorInfo } from "../contract/messages"
import { Refused } from "../wire/control"

const BASE = "/api/v1"

/** One request of the API. Rejects with `Refused`: the server's own words, or `offline` when it cannot be reached. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response
  try {
    response = await fetch(BASE + path, {
      method,
      signal,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (cause) {
    throw new Refused({ code: "offline", message: String(cause) })
  }
  const text = await response.text()
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T
  throw new Refused(errorOf(response.status, text))
}

/** What a refusal says; a body that is not ours (a proxy's page) becomes a plain server error. */
export function errorOf(status: number, text: string): ErrorInfo {
  try {
    const body = JSON.parse(text) as Partial<ErrorInfo> & { error?: ErrorInfo }
    const error = body.error ?? body
    if (typeof error.code === "string") return error as ErrorInfo
  } catch {
    // Not JSON: told by its status below.
  }
  if (status === 401) return { code: "not_signed_in", message: "not signed in" }
  if (status === 403) return { code: "not_allowed", message: "not allowed" }
  if (status === 404) return { code: "not_found", message: "not found" }
  return { code: "server_error", message: `status ${status}` }
}
