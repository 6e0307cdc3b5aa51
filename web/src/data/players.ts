/** The elements that play voices. The browser may refuse until somebody clicks, or the page has a microphone. */
export class Players {
  #players = new Set<HTMLMediaElement>()
  #refused: () => void

  constructor(refused: () => void) {
    this.#refused = refused
  }

  adopt(player: HTMLMediaElement, speaker: string | null): () => void {
    this.#players.add(player)
    if (speaker) this.#sink(player, speaker)
    this.#play(player)
    return () => this.#players.delete(player)
  }

  /** Everything, what was refused too. */
  play(): void {
    for (const player of this.#players) this.#play(player)
  }

  choose(speaker: string | null): void {
    for (const player of this.#players) this.#sink(player, speaker ?? "")
  }

  #play(player: HTMLMediaElement): void {
    player.play().catch((cause: Error) => {
      if (cause.name === "NotAllowedError" && !player.muted) this.#refused()
    })
  }

  /** A loudspeaker that is gone leaves the sound where it was. */
  #sink(player: HTMLMediaElement, speaker: string): void {
    player.setSinkId?.(speaker).catch(() => {})
  }
}
