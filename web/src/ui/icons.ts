import { h, type View } from "./dom"

/** Outlines on a grid of 24, after Tabler's icons (MIT). */
const PATHS = {
  mic: ["M9 5a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0z", "M5 10a7 7 0 0 0 14 0", "M8 21h8", "M12 17v4"],
  micOff: [
    "M3 3l18 18",
    "M9 5a3 3 0 0 1 6 0v5l-.1.6",
    "M9.9 12.1A3 3 0 0 1 9 10V9",
    "M5 10a7 7 0 0 0 11 5.7m2-2.2a7 7 0 0 0 1-3.5",
    "M8 21h8",
    "M12 17v4",
  ],
  camera: [
    "M15 10l4.6-2.3a1 1 0 0 1 1.4.9v6.8a1 1 0 0 1-1.4.9L15 14z",
    "M5 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z",
  ],
  cameraOff: [
    "M3 3l18 18",
    "M15 11v-1l4.6-2.3a1 1 0 0 1 1.4.9v6.8l-.1.5",
    "M10 6h3a2 2 0 0 1 2 2v3m0 4v1a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h1",
  ],
  screen: [
    "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z",
    "M7 20h10",
    "M9 17v3",
    "M15 17v3",
    "M12 14V8",
    "M9.500 10.500L12 8l2.500 2.500",
  ],
  stop: ["M6 6h12v12H6z"],
  send: ["M10 14L21 3", "M21 3l-6.500 18a.55.55 0 0 1-1 0L10 14l-7-3.500a.55.55 0 0 1 0-1z"],
  clip: ["M15 7l-6.500 6.500a1.500 1.500 0 0 0 3 3L18 10a3 3 0 0 0-6-6l-6.500 6.500a4.500 4.500 0 0 0 9 9L21 13"],
  down: ["M12 4v12", "M7 11l5 5 5-5", "M4 20h16"],
  close: ["M18 6L6 18", "M6 6l12 12"],
  fold: ["M6 9l6 6 6-6"],
  help: ["M3 20l1.300-3.900A9 8 0 1 1 7.700 19z", "M12 16v.01", "M12 13a2 2 0 0 0 .9-3.800 2 2 0 0 0-2.900 1.300"],
  call: ["M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2"],
  check: ["M5 12l5 5L20 7"],
  warn: [
    "M12 9v4",
    "M12 16v.01",
    "M10.400 3.600L2.300 17a2 2 0 0 0 1.600 3h16.200a2 2 0 0 0 1.600-3L13.600 3.600a2 2 0 0 0-3.200 0z",
  ],
  lock: ["M7 11h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2z", "M8 11V7a4 4 0 0 1 8 0v4"],
  star: ["M12 17.750l-6.200 3.250 1.200-6.900-5-4.850 6.900-1L12 2l3.100 6.250 6.900 1-5 4.850 1.200 6.900z"],
  settings: ["M4 6h8m4 0h4", "M14 4v4", "M4 12h2m4 0h10", "M8 10v4", "M4 18h11m4 0h1", "M17 16v4"],
  sound: [
    "M15 8a5 5 0 0 1 0 8",
    "M17.700 5a9 9 0 0 1 0 14",
    "M6 15H4a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1h2l3.500-4.500A.8.8 0 0 1 11 5v14a.8.8 0 0 1-1.500.5z",
  ],
  leave: ["M14 8V6a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-2", "M9 12h12l-3-3m0 6l3-3"],
} as const

export type IconName = keyof typeof PATHS

/** Decoration only: the word beside it, or the label of its button, says what it means. */
export function icon(name: IconName): View {
  return h(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "data-icon": name, "aria-hidden": "true" },
    PATHS[name].map((d) => h("path", { d })),
  )
}
