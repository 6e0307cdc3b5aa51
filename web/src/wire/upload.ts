import type { FileInfo } from "../contract/messages"
import { Refused } from "./control"
import type { Api } from "./http"
import { mark } from "./ids"

export interface UploadState {
  key: string
  name: string
  size: number
  sent: number
  state: "sending" | "waiting" | "failed" | "done" | "cancelled"
  /** Code of the refusal, when failed. */
  code?: string
  /** Id of the file, once the server has given one. */
  file?: string
}

const CHUNK = 1 << 20
/** A server that answers and refuses more often than this is believed. */
const PATIENCE = 8
/**
 * A refusal that another attempt would not change. `not_signed_in` is none: while the socket comes back the bearer
 * token is replaced, and for a moment the server has the new one and we have the old.
 */
const LASTING = new Set(["file_too_large", "file_digest", "too_large", "not_allowed", "not_found", "session_ended"])

/** Sends one file in resumable chunks (tus 1.0). A lost connection is waited out. */
export class Upload {
  state: UploadState
  #location: string | null = null
  #cancelled = false

  constructor(
    readonly api: Api,
    readonly session: string,
    readonly file: File,
    readonly changed: (state: UploadState) => void,
    readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {
    this.state = { key: mark(), name: file.name, size: file.size, sent: 0, state: "sending" }
  }

  async run(): Promise<void> {
    let breaks = 0
    let refusals = 0
    while (!this.#cancelled) {
      try {
        this.#location ??= await this.#create()
        if (breaks > 0) await this.#find()
        while (this.state.sent < this.file.size && !this.#cancelled) {
          await this.#patch()
          breaks = refusals = 0
        }
        if (!this.#cancelled) this.#set({ state: "done" })
        return
      } catch (error) {
        const code = error instanceof Refused ? error.code : "server_error"
        // Without a network it is waited for, however long that is.
        if (code !== "offline") refusals++
        if (LASTING.has(code) || refusals > PATIENCE) {
          if (!this.#cancelled) this.#set({ state: "failed", code })
          return
        }
        this.#set({ state: "waiting" })
        await this.pause(Math.min(8000, 500 * 2 ** breaks++))
      }
    }
  }

  async cancel(): Promise<void> {
    this.#cancelled = true
    this.#set({ state: "cancelled" })
    if (this.#location) await this.api.call("DELETE", this.#location, { headers: TUS }).catch(() => {})
  }

  #set(part: Partial<UploadState>): void {
    this.state = { ...this.state, ...part }
    this.changed(this.state)
  }

  async #create(): Promise<string> {
    const metadata = `filename ${base64(this.file.name)},filetype ${base64(this.file.type || "application/octet-stream")}`
    const response = await this.api.call("POST", `/sessions/${encodeURIComponent(this.session)}/files`, {
      headers: { ...TUS, "Upload-Length": String(this.file.size), "Upload-Metadata": metadata },
    })
    const location = response.headers.get("Location")
    if (!location) throw new Refused({ code: "server_error", message: "no Location" })
    const path = new URL(location, this.api.base || globalThis.location.href).pathname
    this.#set({ file: path.split("/").at(-1) ?? "" })
    if (this.#cancelled) await this.api.call("DELETE", path, { headers: TUS }).catch(() => {})
    return path
  }

  /** How much the server has, after a break. */
  async #find(): Promise<void> {
    const response = await this.api.call("HEAD", this.#location ?? "", { headers: TUS })
    this.#set({ sent: Number(response.headers.get("Upload-Offset") ?? 0), state: "sending" })
  }

  async #patch(): Promise<void> {
    const from = this.state.sent
    const response = await this.api.call("PATCH", this.#location ?? "", {
      headers: { ...TUS, "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" },
      body: this.file.slice(from, from + CHUNK),
    })
    const offset = Number(response.headers.get("Upload-Offset"))
    this.#set({ sent: offset > from ? offset : Math.min(this.file.size, from + CHUNK), state: "sending" })
  }
}

const TUS = { "Tus-Resumable": "1.0.0" }

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

/** Fetch a file that came in the session and hand it to the browser's downloads; it is never opened in a page. */
export async function download(api: Api, file: Pick<FileInfo, "id" | "name">): Promise<void> {
  const response = await api.call("GET", `/files/${encodeURIComponent(file.id)}/content`)
  const inert = new Blob([await response.arrayBuffer()], { type: "application/octet-stream" })
  const url = URL.createObjectURL(inert)
  const link = document.createElement("a")
  link.href = url
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
