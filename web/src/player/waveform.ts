import type { Interval } from "./player"
import { type Block, blocks, codecPrivate } from "./webm"

/** Seconds that one value of a wave stands for. */
export const WAVE_STEP = 0.1
/** Larger files are shown as bars: an auditor should not wait for a picture. */
export const WAVE_LIMIT = 64 * 1024 * 1024

const SAMPLE_RATE = 48_000

/** Loudness of a part, 0 to 1, one value for each step from the part's beginning. */
export type Wave = Float32Array

/** Reads a recorded voice and measures how loud it is. Rejects when it cannot be fetched. */
export async function loadWave(url: string, seconds: number, signal: AbortSignal): Promise<Wave> {
  const answer = await fetch(url, { credentials: "same-origin", signal })
  if (!answer.ok) throw new Error(`voice: ${answer.status}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const all = [...blocks(bytes)].filter((block) => block.end <= bytes.length)
  if (typeof AudioDecoder === "undefined") return fromSizes(all, seconds)
  try {
    return await fromSound(bytes, all, seconds, signal)
  } catch (error) {
    if (signal.aborted) throw error
    return fromSizes(all, seconds)
  }
}

/** Where no decoder is: Opus spends bytes where there is sound, so sizes tell who spoke. */
export function fromSizes(all: readonly Block[], seconds: number): Wave {
  const wave = new Float32Array(Math.max(1, Math.ceil(seconds / WAVE_STEP)))
  const first = all[0]?.at ?? 0
  const largest = all.reduce((most, block) => Math.max(most, block.end - block.start), 1)
  for (const block of all) put(wave, block.at - first, Math.max(0, (block.end - block.start) / largest - 0.15))
  return wave
}

async function fromSound(bytes: Uint8Array, all: Block[], seconds: number, signal: AbortSignal): Promise<Wave> {
  const wave = new Float32Array(Math.max(1, Math.ceil(seconds / WAVE_STEP)))
  const first = all[0]?.at ?? 0
  // Decoders count samples and so lose the pauses between packets; each packet makes one sound, in order.
  const due: number[] = []
  let failure: unknown = null
  let samples = new Float32Array(0)
  const decoder = new AudioDecoder({
    output: (sound) => {
      if (samples.length < sound.numberOfFrames) samples = new Float32Array(sound.numberOfFrames)
      sound.copyTo(samples, { planeIndex: 0, format: "f32-planar" })
      put(wave, (due.shift() ?? first) - first, loudest(samples, sound.numberOfFrames))
      sound.close()
    },
    error: (error) => {
      failure = error
    },
  })
  try {
    decoder.configure({
      codec: "opus",
      sampleRate: SAMPLE_RATE,
      numberOfChannels: channels(bytes),
      description: codecPrivate(bytes)?.slice(),
    })
    for (const { at, start, end } of all) {
      if (failure) throw failure
      signal.throwIfAborted()
      due.push(at)
      decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: at * 1e6, data: bytes.subarray(start, end) }))
      // In small helpings: what plays comes first.
      if (decoder.decodeQueueSize > 100) await new Promise((resolve) => setTimeout(resolve, 4))
    }
    await decoder.flush()
  } finally {
    if (decoder.state !== "closed") decoder.close()
  }
  if (failure) throw failure
  return wave
}

/** Channel count of an OpusHead (RFC 7845, section 5.1). */
function channels(bytes: Uint8Array): number {
  return codecPrivate(bytes)?.[9] ?? 1
}

function loudest(samples: Float32Array, count: number): number {
  let most = 0
  for (let i = 0; i < count; i += 4) most = Math.max(most, Math.abs(samples[i] ?? 0))
  return Math.min(1, most)
}

function put(wave: Wave, at: number, value: number): void {
  const index = Math.floor(at / WAVE_STEP)
  if (index >= 0 && index < wave.length) wave[index] = Math.max(wave[index] ?? 0, value)
}

/** Below this nobody speaks. */
const QUIET = 0.02
/** Pauses of speech that are no silence. */
const SHORTEST = 2.5
/** Kept before the next word. */
const BEFORE = 0.4

/** Where no voice is heard: `waves` with the seconds at which each begins. Nothing is silent where nothing is known. */
export function silences(waves: readonly { starts: number; wave: Wave }[], duration: number): Interval[] {
  if (!waves.length) return []
  const loud = new Uint8Array(Math.ceil(duration / WAVE_STEP) + 1)
  for (const { starts, wave } of waves) {
    const offset = Math.round(starts / WAVE_STEP)
    wave.forEach((value, i) => {
      if (value > QUIET) loud[offset + i] = 1
    })
  }
  const found: Interval[] = []
  let from = 0
  for (let i = 0; i <= loud.length; i++) {
    if (i < loud.length && !loud[i]) continue
    const to = Math.min(duration, i * WAVE_STEP)
    const begin = from === 0 ? 0 : from * WAVE_STEP + BEFORE
    const end = i < loud.length ? to - BEFORE : to
    if (end - begin >= SHORTEST) found.push({ from: begin, to: end })
    from = i + 1
  }
  return found
}
