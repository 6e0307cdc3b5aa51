/** Two short tones; silent where the browser does not let a page sound before a click. */
export function ring(): void {
  try {
    const context = new AudioContext()
    if (context.state === "suspended") void context.resume().catch(() => {})
    ;[660, 880].forEach((pitch, index) => {
      const tone = context.createOscillator()
      const gain = context.createGain()
      const from = context.currentTime + index * 0.22
      tone.frequency.value = pitch
      gain.gain.setValueAtTime(0.0001, from)
      gain.gain.exponentialRampToValueAtTime(0.15, from + 0.02)
      gain.gain.exponentialRampToValueAtTime(0.0001, from + 0.2)
      tone.connect(gain).connect(context.destination)
      tone.start(from)
      tone.stop(from + 0.21)
    })
    setTimeout(() => void context.close().catch(() => {}), 1500)
  } catch {
    // No sound here: the title and the panel say it too.
  }
}

let flashing: ReturnType<typeof setInterval> | undefined

/** The title of the page alternates with `text` until the page is looked at. Does nothing when it already is. */
export function flashTitle(text: string): void {
  if (!document.hidden || flashing !== undefined) return
  const own = document.title
  const set = (title: string) => {
    document.title = title
  }
  set(text)
  flashing = setInterval(() => set(document.title === text ? own : text), 1000)
  document.addEventListener(
    "visibilitychange",
    () => {
      clearInterval(flashing)
      flashing = undefined
      if (document.title === text) set(own)
    },
    { once: true },
  )
}

/** Calls `then` when Escape is pressed twice within 600 ms, wherever the focus is. Returns how to end it. */
export function onEscapeTwice(then: () => void, now: () => number = () => performance.now()): () => void {
  let last = Number.NEGATIVE_INFINITY
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.repeat) return
    const at = now()
    if (at - last <= 600) {
      last = Number.NEGATIVE_INFINITY
      then()
    } else last = at
  }
  // First in line: a dialog of the page must not be able to swallow it.
  globalThis.addEventListener("keydown", pressed, true)
  return () => globalThis.removeEventListener("keydown", pressed, true)
}
