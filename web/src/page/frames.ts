/** Frames of the page stream, as `rs_server/protocol/page.py` lays them out. */

export const VERSION = 1
export const SNAPSHOT = 1
export const EVENT = 2
export const FRAME_LIMIT = 64 * 1024
const HEADER = 16
const PAYLOAD = FRAME_LIMIT - HEADER
const LAST = 1

export interface Header {
  kind: number
  epoch: number
  message: number
  chunk: number
  last: boolean
}

/** The frames of one message; number 0 of an epoch is its snapshot. */
export function pack(epoch: number, message: number, text: string): Uint8Array<ArrayBuffer>[] {
  const bytes = new TextEncoder().encode(text)
  const frames: Uint8Array<ArrayBuffer>[] = []
  for (let chunk = 0, at = 0; chunk === 0 || at < bytes.length; chunk++, at += PAYLOAD) {
    const piece = bytes.subarray(at, at + PAYLOAD)
    const frame = new Uint8Array(HEADER + piece.length)
    const view = new DataView(frame.buffer)
    view.setUint8(0, VERSION)
    view.setUint8(1, message === 0 ? SNAPSHOT : EVENT)
    view.setUint8(2, at + PAYLOAD >= bytes.length ? LAST : 0)
    view.setUint32(4, epoch)
    view.setUint32(8, message)
    view.setUint32(12, chunk)
    frame.set(piece, HEADER)
    frames.push(frame)
  }
  return frames
}

/** Throws `RangeError` where there is no header. */
export function read(frame: ArrayBuffer): Header {
  const view = new DataView(frame)
  if (view.byteLength < HEADER || view.getUint8(0) !== VERSION) throw new RangeError("no frame of ours")
  return {
    kind: view.getUint8(1),
    last: (view.getUint8(2) & LAST) !== 0,
    epoch: view.getUint32(4),
    message: view.getUint32(8),
    chunk: view.getUint32(12),
  }
}

/** Puts messages together again from their frames. What does not follow is dropped until an epoch begins. */
export class Assembler {
  #epoch = 0
  #message = -1
  #pieces: Uint8Array[] = []
  #size = 0
  readonly #limit: number

  /** `limit`: bytes of one message. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** A message when the frame ends one, else null. Throws `RangeError` for a frame that is none, or too much. */
  add(frame: ArrayBuffer): { epoch: number; message: number; text: string } | null {
    const header = read(frame)
    if (header.message === 0 && header.chunk === 0) {
      if (header.epoch <= this.#epoch) return null
      this.#epoch = header.epoch
      this.#message = 0
      this.#clear()
    }
    const next =
      header.epoch === this.#epoch && header.message === this.#message && header.chunk === this.#pieces.length
    if (!next) {
      this.#message = -1
      this.#clear()
      return null
    }
    this.#pieces.push(new Uint8Array(frame, HEADER))
    this.#size += frame.byteLength - HEADER
    if (this.#size > this.#limit) throw new RangeError("message too large")
    if (!header.last) return null
    const bytes = new Uint8Array(this.#size)
    let at = 0
    for (const piece of this.#pieces) {
      bytes.set(piece, at)
      at += piece.length
    }
    this.#clear()
    this.#message++
    return { epoch: header.epoch, message: header.message, text: new TextDecoder().decode(bytes) }
  }

  #clear(): void {
    this.#pieces = []
    this.#size = 0
  }
}
