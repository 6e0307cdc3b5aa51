import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Menu,
  Modal,
  Popover,
  Tooltip,
  type VariantColorsResolver,
} from "@mantine/core"

/** Shades around the accent and the red of the tokens: the sixth is the light theme's, the third the dark one's. */
const accent: MantineColorsTuple = [
  "#eef2ff",
  "#dde4ff",
  "#b9c8ff",
  "#8ba5ff",
  "#6c8af4",
  "#4c6de6",
  "#3155d6",
  "#2948ba",
  "#213a97",
  "#1a2e78",
]
const stop: MantineColorsTuple = [
  "#fff0f0",
  "#ffdedd",
  "#ffaead",
  "#ff7a78",
  "#f35a59",
  "#dc3d41",
  "#c0272d",
  "#a31f25",
  "#84181d",
  "#691317",
]

const still = { transitionProps: { duration: 100 } }

/** The greys of dark surfaces, from text to the sunken ground. */
const dark: MantineColorsTuple = [
  "#e8ebf0",
  "#c3c9d2",
  "#98a2b0",
  "#6b7685",
  "#2a3038",
  "#222830",
  "#1c2128",
  "#181c22",
  "#111418",
  "#0c0f12",
]

const surfaces = {
  "--mantine-color-body": "var(--panel)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--muted)",
  "--mantine-color-placeholder": "var(--faint)",
  "--mantine-color-default": "var(--panel)",
  "--mantine-color-default-hover": "var(--sunk)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--line)",
  "--mantine-color-disabled": "var(--sunk)",
  "--mantine-color-disabled-color": "var(--faint)",
  "--mantine-color-error": "var(--stop)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-line-height": "1.45",
}

// Mantine's own values of a scheme would win over common ones, so ours are given for each.
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: surfaces, dark: surfaces })

/** Filled buttons take the tokens, which know the text that can be read on them in both themes. */
const colours: VariantColorsResolver = (input) => {
  const usual = defaultVariantColorsResolver(input)
  const colour = input.color ?? input.theme.primaryColor
  // Amber is never a filled button, only the ground of what waits for a word.
  if (colour === "wait") return { ...usual, background: "var(--wait-soft)", color: "var(--wait)" }
  if (colour !== "accent" && colour !== "stop") return usual
  const [fill, text, soft] = [`var(--${colour})`, `var(--on-${colour})`, `var(--${colour}-soft)`]
  if (input.variant === "filled") {
    return { ...usual, background: fill, hover: `color-mix(in oklab, ${fill} 88%, var(--text))`, color: text }
  }
  if (input.variant === "light") {
    return { ...usual, background: soft, hover: `color-mix(in oklab, ${soft} 90%, ${fill})`, color: fill }
  }
  return usual
}

export const theme = createTheme({
  fontFamily: "var(--font)",
  headings: { fontFamily: "var(--font)", fontWeight: "600" },
  fontSizes: { xs: "12px", sm: "14px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "10px", xl: "12px" },
  defaultRadius: "sm",
  colors: { accent, stop, dark },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 3 },
  variantColorResolver: colours,
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Button: Button.extend({ defaultProps: { size: "sm" }, styles: { root: { fontWeight: 550 } } }),
    // The page itself never scrolls, so there is nothing to lock.
    Modal: Modal.extend({
      defaultProps: {
        attributes: { header: { role: "presentation" } },
        lockScroll: false,
        centered: true,
        radius: "md",
        ...still,
      },
      styles: { title: { fontWeight: 600, fontSize: 16 } },
    }),
    Drawer: Drawer.extend({
      defaultProps: { attributes: { header: { role: "presentation" } }, lockScroll: false, ...still },
      styles: { title: { fontWeight: 600, fontSize: 16 } },
    }),
    Menu: Menu.extend({
      defaultProps: { shadow: "md", radius: "md", withInitialFocusPlaceholder: false, ...still },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: "md", radius: "md", ...still } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, ...still } }),
  },
})
