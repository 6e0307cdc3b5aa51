/** More than this apart and a track is put right at once, in seconds. */
export const MAX_DRIFT = 0.15
const BEGIN_DRIFT = 0.045
const END_DRIFT = 0.012
const MAX_TWEAK = 0.08

/** Video is shown from frame to frame, not played, from this rate on. */
export const HOP_RATE = 8
/** Voices are heard up to this rate. */
export const VOICE_RATE = 2

export type Correction = { kind: "seek" } | { kind: "rate"; rate: number }

/**
 * How a playing element gets back into step. `ahead` is how many seconds of media it is before its place, `playing`
 * the rate it plays at, `rate` the clock's. Small errors are played out, so slowly that nobody hears it; the tweak
 * ends nearer than it begins, because each change of rate costs the decoder something.
 */
export function correct(ahead: number, playing: number, rate: number): Correction {
  const scale = Math.max(1, rate)
  const error = Math.abs(ahead)
  if (error > MAX_DRIFT * scale) return { kind: "seek" }
  const tweaked = playing !== rate
  if (error < (tweaked ? END_DRIFT : BEGIN_DRIFT) * scale) return { kind: "rate", rate }
  const tweak = Math.min(MAX_TWEAK, Math.max(0.02, error / scale))
  return { kind: "rate", rate: rate * (1 - Math.sign(ahead) * tweak) }
}
