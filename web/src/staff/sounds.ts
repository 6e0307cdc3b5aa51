let context: AudioContext | null = null

const TUNES = {
  offer: [
    [660, 0],
    [880, 0.16],
    [660, 0.5],
    [880, 0.66],
  ],
  message: [[740, 0]],
  left: [
    [520, 0],
    [390, 0.14],
  ],
} as const

/** Short soft tones, made here: nothing is loaded. Silent where the browser wants a click first. */
export function play(tune: keyof typeof TUNES): void {
  if (!navigator.userActivation?.hasBeenActive) return
  try {
    context ??= new AudioContext()
    if (context.state === "suspended") void context.resume()
    for (const [pitch, at] of TUNES[tune]) tone(context, pitch, context.currentTime + at)
  } catch {
    // No sound device: the title and the bar tell it too.
  }
}

function tone(audio: AudioContext, pitch: number, at: number): void {
  const gain = audio.createGain()
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.14, at + 0.012)
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.28)
  gain.connect(audio.destination)
  const source = audio.createOscillator()
  source.frequency.value = pitch
  source.connect(gain)
  source.start(at)
  source.stop(at + 0.3)
}
