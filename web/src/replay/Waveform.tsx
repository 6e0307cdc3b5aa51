import { useEffect, useRef } from "react"
import type { Wave } from "../player/waveform"
import classes from "./timeline.module.css"

const BAR = 2
const GAP = 1

/** Loudness as bars. Drawn anew when the size or the theme changes. */
export function Waveform({ wave, agent }: { wave: Wave | undefined; agent: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const at = canvas.current
    if (!at || !wave) return
    const paint = () => draw(at, wave)
    const size = new ResizeObserver(paint)
    size.observe(at)
    const theme = new MutationObserver(paint)
    theme.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] })
    const system = matchMedia("(prefers-color-scheme: dark)")
    system.addEventListener("change", paint)
    return () => {
      size.disconnect()
      theme.disconnect()
      system.removeEventListener("change", paint)
    }
  }, [wave])
  return <canvas ref={canvas} className={classes.wave} data-agent={agent || undefined} aria-hidden />
}

function draw(canvas: HTMLCanvasElement, wave: Wave): void {
  const scale = devicePixelRatio || 1
  const width = canvas.clientWidth
  const height = canvas.clientHeight
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext("2d")
  if (!context) return
  context.scale(scale, scale)
  context.fillStyle = getComputedStyle(canvas).color
  const bars = Math.floor(width / (BAR + GAP))
  for (let i = 0; i < bars; i++) {
    const from = Math.floor((i / bars) * wave.length)
    const to = Math.max(from + 1, Math.floor(((i + 1) / bars) * wave.length))
    let most = 0
    for (let k = from; k < to; k++) most = Math.max(most, wave[k] ?? 0)
    // The ear hears loudness by its root: quiet voices stay to be seen.
    const tall = Math.max(1, Math.sqrt(most) * height)
    context.fillRect(i * (BAR + GAP), (height - tall) / 2, BAR, tall)
  }
}
