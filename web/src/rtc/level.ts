/** Calls `heard` ten times a second with the loudness of a track, 0 to 1. Returns how to end it. */
export function meter(track: MediaStreamTrack, heard: (level: number) => void): () => void {
  let context: AudioContext
  try {
    context = new AudioContext()
  } catch {
    return () => {}
  }
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
  void context.resume().catch(() => {})
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    let sum = 0
    for (const sample of samples) sum += sample * sample
    // Speech lies between about -50 and -10 dB.
    const decibel = 20 * Math.log10(Math.sqrt(sum / samples.length) + 1e-6)
    heard(Math.min(1, Math.max(0, (decibel + 50) / 40)))
  }, 100)
  return () => {
    clearInterval(timer)
    void context.close().catch(() => {})
  }
}
