/** So long a connection may take before it is said that it does not come. */
const PATIENCE_MS = 8000
/** Once may be chance: a change of network, a sleeping laptop. */
const FAILURES = 2

/** Whether sound and picture get through at all: so that nobody waits in silence. */
export class LineWatch {
  /** They do not, for all that is known. */
  blocked = false
  #connected = false
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(readonly changed: () => void) {}

  /** From now on there should be a connection. */
  begin(): void {
    if (this.blocked || this.#connected) return
    this.#timer ??= setTimeout(() => this.#block(), PATIENCE_MS)
  }

  state(state: RTCPeerConnectionState): void {
    this.#connected = state === "connected"
    if (this.#connected) {
      this.close()
      this.#failures = 0
      this.blocked = false
    } else if (state === "failed" && ++this.#failures >= FAILURES) this.#block()
    else this.begin()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #block(): void {
    this.close()
    this.blocked = true
    this.changed()
  }
}
