import type { Received } from "./peer"

/** Plays every voice that is received. `blocked`: the browser wants a click first. */
export class Playback {
  blocked = false
  #playing = new Map<string, HTMLAudioElement>()
  #speaker = ""

  constructor(readonly changed: () => void) {}

  set(received: readonly Received[]): void {
    const voices = received.filter((one) => one.track.kind === "audio")
    for (const [mid, audio] of this.#playing) {
      if (voices.some((one) => one.mid === mid)) continue
      audio.srcObject = null
      this.#playing.delete(mid)
    }
    for (const { mid, track } of voices) {
      const known = this.#playing.get(mid)
      if (known && (known.srcObject as MediaStream | null)?.getTracks()[0] === track) continue
      const audio = known ?? new Audio()
      audio.srcObject = new MediaStream([track])
      this.#playing.set(mid, audio)
      this.#sink(audio)
      void this.#play(audio)
    }
  }

  /** Within a click. */
  unblock(): void {
    this.blocked = false
    for (const audio of this.#playing.values()) void this.#play(audio)
    this.changed()
  }

  get canChooseSpeaker(): boolean {
    return "setSinkId" in HTMLMediaElement.prototype
  }

  get speaker(): string {
    return this.#speaker
  }

  choose(speaker: string): void {
    this.#speaker = speaker
    for (const audio of this.#playing.values()) this.#sink(audio)
  }

  close(): void {
    this.set([])
  }

  #sink(audio: HTMLAudioElement): void {
    if (this.#speaker && this.canChooseSpeaker) audio.setSinkId(this.#speaker).catch(() => {})
  }

  async #play(audio: HTMLAudioElement): Promise<void> {
    try {
      await audio.play()
    } catch (error) {
      // AbortError: the source was changed meanwhile, another play() is on its way.
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return
      this.blocked = true
      this.changed()
    }
  }
}

const streams = new WeakMap<MediaStreamTrack, MediaStream>()

/** Always the same stream for a track, so that a video element is not restarted. */
export function streamOf(track: MediaStreamTrack): MediaStream {
  const known = streams.get(track)
  if (known) return known
  const made = new MediaStream([track])
  streams.set(track, made)
  return made
}
