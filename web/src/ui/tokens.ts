/**
 * Colours, spaces and radii of the surface, light and dark, as custom properties of the element that hosts a shadow
 * root. Nothing of the page around it is touched, and little of it gets in.
 */
export const TOKENS = `
:host {
  all: initial;
  color-scheme: light dark;
  --font: "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  --s1: 4px; --s2: 8px; --s3: 12px; --s4: 16px; --s6: 24px; --r: 8px; --r-l: 16px;
  --bg: light-dark(#f6f7f9, #111418); --panel: light-dark(#ffffff, #181c22); --sunk: light-dark(#eef0f3, #0c0f12);
  --line: light-dark(#e2e5ea, #2a3038); --edge: light-dark(#868e9c, #6c7686);
  --text: light-dark(#171b21, #e8ebf0); --muted: light-dark(#5b6472, #98a2b0);
  --accent: light-dark(#3155d6, #8ba5ff); --on-accent: light-dark(#fff, #0b1020); --accent-soft: light-dark(#e9eefc, #1d2744);
  --live: light-dark(#117a49, #4bcf8e); --live-soft: light-dark(#e2f5ea, #13301f);
  --wait: light-dark(#8f5a00, #f0b74c); --wait-soft: light-dark(#fdf1d9, #362709);
  --stop: light-dark(#c0272d, #ff7a78); --on-stop: light-dark(#fff, #1c0505); --stop-soft: light-dark(#fde8e8, #3a1516);
  --shadow: 0 1px 2px rgb(0 0 0 / .06), 0 8px 24px rgb(0 0 0 / .12);
  font: 400 16px/1.45 var(--font); color: var(--text); font-variant-numeric: tabular-nums;
}
:host([data-scheme="light"]) { color-scheme: light; }
:host([data-scheme="dark"]) { color-scheme: dark; }
`

const HEX = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i

function channels(hex: string): [number, number, number] {
  const full = hex.length === 4 ? [...hex.slice(1)].map((c) => c + c).join("") : hex.slice(1)
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as [number, number, number]
}

function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Contrast of two colours as in WCAG, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function mixed(hex: string, towards: number, part: number): string {
  const mix = channels(hex).map((value) => Math.round(value + (towards - value) * part))
  return `#${mix.map((value) => value.toString(16).padStart(2, "0")).join("")}`
}

/** The colour nearest to `hex` that can be read on `ground` (4.5 to 1). */
export function readable(hex: string, ground: string): string {
  const towards = luminance(ground) > 0.4 ? 0 : 255
  for (let part = 0; part < 1; part += 0.05) {
    const tried = mixed(hex, towards, part)
    if (contrast(tried, ground) >= 4.5) return tried
  }
  return towards === 0 ? "#000000" : "#ffffff"
}

/** A company's own colour as custom properties; what cannot be read is moved until it can. Unknown keys are ignored. */
export function brand(theme: Record<string, string>): Record<string, string> {
  const accent = theme.accent ?? theme.primary ?? theme.color ?? ""
  if (!HEX.test(accent)) return {}
  const light = readable(accent, "#ffffff")
  const dark = readable(accent, "#181c22")
  const over = (ground: string) => (contrast("#ffffff", ground) >= 4.5 ? "#ffffff" : "#0b1020")
  return {
    "--accent": `light-dark(${light}, ${dark})`,
    "--on-accent": `light-dark(${over(light)}, ${over(dark)})`,
    "--accent-soft": `light-dark(${mixed(accent, 255, 0.88)}, ${mixed(accent, 20, 0.78)})`,
  }
}
