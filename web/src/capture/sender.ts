import { type Event, MESSAGE_LIMIT, type Message } from "../page/format"
import { pack } from "../page/frames"
import { Turns } from "./turns"

/** What of a WebSocket is needed to send. */
export interface Pipe {
  readonly bufferedAmount: number
  send(data: Uint8Array<ArrayBuffer>): void
}

/** Bytes that may wait in the browser's own hands; what is there cannot be taken back. */
const MOST_BUFFERED = 256 * 1024
/** Bytes of changes that may wait behind a page that has arrived; beyond it a new snapshot is less. */
const MOST_LATE = 2 * 1024 * 1024
const PUMP_MS = 20

/** Messages of one epoch after another: what happened in one turn goes together, and waits while the socket is slow. */
export class Sender {
  #pipe: Pipe
  #overrun: () => void
  #epoch = 0
  #message = 0
  #turns = new Turns((time, events) => this.#flush(time, events))
  #frames: Uint8Array<ArrayBuffer>[] = []
  #whole = false
  #late = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `overrun`: so much waits that it is better to end, and to begin anew once `drained`. */
  constructor(pipe: Pipe, overrun: () => void) {
    this.#pipe = pipe
    this.#overrun = overrun
  }

  begin(epoch: number): void {
    this.end()
    this.#epoch = epoch
    this.#message = 0
    this.#turns.begin()
    this.#whole = false
    this.#late = 0
  }

  emit = (event: Event): void => this.#turns.emit(event)

  /** What has not left yet never does. */
  end(): void {
    this.#turns.end()
    this.#frames = []
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Nothing waits here: what happens now can leave now. */
  get ready(): boolean {
    return this.#frames.length === 0
  }

  get drained(): boolean {
    return this.#pipe.bufferedAmount < MOST_BUFFERED / 4
  }

  #flush(time: number, events: readonly Event[]): void {
    for (const text of messages(time, events)) {
      if (this.#whole && this.#frames.length > 0) this.#late += text.length
      this.#frames.push(...pack(this.#epoch, this.#message++, text))
    }
    if (events.some(([name]) => name === "whole")) this.#whole = true
    if (this.#late > MOST_LATE) this.#overrun()
    else this.#pump()
  }

  #pump = (): void => {
    this.#timer = undefined
    let sent = 0
    while (sent < this.#frames.length && this.#pipe.bufferedAmount < MOST_BUFFERED) {
      this.#pipe.send(this.#frames[sent++] as Uint8Array<ArrayBuffer>)
    }
    this.#frames.splice(0, sent)
    if (this.#frames.length === 0) this.#late = 0
    else this.#timer ??= setTimeout(this.#pump, PUMP_MS)
  }
}

/** In one message, or in as many as their size takes. An event that is too large by itself is left out. */
function messages(time: number, events: readonly Event[]): string[] {
  const message: Message = [time, ...events]
  const text = JSON.stringify(message)
  // At most three bytes a UTF-16 unit.
  if (text.length * 3 <= MESSAGE_LIMIT || new TextEncoder().encode(text).length <= MESSAGE_LIMIT) return [text]
  if (events.length === 1) return []
  const half = events.length >> 1
  return [...messages(time, events.slice(0, half)), ...messages(time, events.slice(half))]
}
