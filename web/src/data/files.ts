import { type DetailedError, Upload } from "tus-js-client"
import type { ErrorInfo, FileInfo } from "../contract/messages"
import { errorOf } from "../wire/http"
import { Store } from "./store"

export interface UploadState {
  readonly key: string
  readonly session: string
  readonly name: string
  readonly size: number
  readonly sent: number
  readonly state: "sending" | "failed"
  /** Id of the file, once the server has given it one. */
  readonly file: string | null
  readonly error: ErrorInfo | null
}

export const contentUrl = (file: string) => `/api/v1/files/${encodeURIComponent(file)}/content`

const CHUNK = 4 * 1024 * 1024
const PAUSES_MS = [0, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000]

export interface Told {
  onFile: (id: string | null) => void
  onProgress: (sent: number) => void
  onError: (error: ErrorInfo) => void
  onSuccess: () => void
}

/** One file on its way to the server, not begun. `folderOf`: to whose folders it goes from there. */
export function sender(session: string, file: File, told: Told, folderOf?: string): Upload {
  const upload = new Upload(file, {
    endpoint: `/api/v1/sessions/${encodeURIComponent(session)}/files`,
    metadata: {
      filename: file.name,
      filetype: file.type || "application/octet-stream",
      ...(folderOf && { folder_of: folderOf }),
    },
    chunkSize: CHUNK,
    retryDelays: PAUSES_MS,
    removeFingerprintOnSuccess: true,
    onUploadUrlAvailable: () => told.onFile(fileOf(upload.url)),
    onProgress: told.onProgress,
    // The usual rule gives up at once when the browser says that it is offline.
    onShouldRetry: (error) => mayHelp(error),
    onError: (error) => told.onError(reason(error)),
    onSuccess: told.onSuccess,
  })
  return upload
}

/** From where an earlier attempt in this browser ended, if there was one. */
export async function begin(upload: Upload, file: File, wanted: () => boolean): Promise<void> {
  const previous = await upload.findPreviousUploads()
  if (!wanted()) return
  const { metadata } = upload.options
  const same = previous.find(
    (one) => one.metadata.filename === file.name && one.metadata.folder_of === metadata?.folder_of,
  )
  if (same) upload.resumeFromPreviousUpload(same)
  upload.start()
}

/** Files on their way up. Each goes in chunks and goes on where it was after a break. */
export class Uploads {
  readonly store = new Store<readonly UploadState[]>([])
  #running = new Map<string, Upload>()
  #next = 1

  /** Begin; a file over `limit` bytes fails at once, before anything is sent. */
  add(session: string, file: File, limit: number): void {
    const key = `upload-${this.#next++}`
    const fresh: UploadState = {
      key,
      session,
      name: file.name,
      size: file.size,
      sent: 0,
      state: "sending",
      file: null,
      error: null,
    }
    if (limit > 0 && file.size > limit) {
      const error: ErrorInfo = { code: "file_too_large", message: "too large" }
      this.store.set((old) => [...old, { ...fresh, state: "failed", error }])
      return
    }
    this.store.set((old) => [...old, fresh])
    const upload = sender(session, file, {
      onFile: (id) => this.#patch(key, { file: id }),
      onProgress: (sent) => this.#patch(key, { sent }),
      onError: (error) => this.#patch(key, { state: "failed", error }),
      onSuccess: () => this.#forget(key),
    })
    this.#running.set(key, upload)
    void begin(upload, file, () => this.#running.has(key))
  }

  /** Go on after a failure, from the last byte that arrived. */
  again(key: string): void {
    this.#patch(key, { state: "sending", error: null })
    this.#running.get(key)?.start()
  }

  /** Stop, and have the server forget what arrived. */
  async cancel(key: string): Promise<void> {
    const upload = this.#running.get(key)
    this.#forget(key)
    await upload?.abort(upload.url !== null).catch(() => {})
  }

  #patch(key: string, part: Partial<UploadState>): void {
    this.store.set((old) => old.map((one) => (one.key === key ? { ...one, ...part } : one)))
  }

  #forget(key: string): void {
    this.#running.delete(key)
    this.store.set((old) => old.filter((one) => one.key !== key))
  }
}

export function fileOf(url: string | null): string | null {
  return url ? (new URL(url, "http://here").pathname.split("/").filter(Boolean).at(-1) ?? null) : null
}

/** Another attempt may end otherwise: nobody answered, the server is in trouble, or somebody else was writing. */
export function mayHelp(error: Error | DetailedError): boolean {
  const status = answerTo(error)?.getStatus() ?? 0
  return status < 400 || status >= 500 || status === 409 || status === 423
}

export function reason(error: Error | DetailedError): ErrorInfo {
  const response = answerTo(error)
  if (response) return errorOf(response.getStatus(), response.getBody() ?? "")
  return { code: "originalRequest" in error ? "offline" : "server_error", message: error.message } as ErrorInfo
}

function answerTo(error: Error | DetailedError) {
  return "originalResponse" in error ? error.originalResponse : null
}

/** What the list shows: files of the session, without those that this tab is sending itself. */
export function listed(files: readonly FileInfo[], uploads: readonly UploadState[]): readonly FileInfo[] {
  const own = new Set(uploads.map((one) => one.file))
  return files.filter((file) => file.state !== "cancelled" && !own.has(file.id)).toReversed()
}
