import { Refused } from "../wire/control"
import { errorOf } from "../wire/http"
import { json } from "../wire/json"

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
      body: body === undefined ? undefined : json(body),
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new Refused({ code: "offline", message: String(cause) })
  }
  const text = await response.text()
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T
  throw new Refused(errorOf(response.status, text))
}
