import { cpSync } from "node:fs"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

const out = new URL("../rs_server/_web/", import.meta.url).pathname

export default defineConfig({
  base: "/static/",
  plugins: [
    react(),
    {
      name: "copy-templates-and-locales",
      closeBundle() {
        for (const folder of ["templates", "locales"]) {
          cpSync(new URL(`./${folder}`, import.meta.url).pathname, `${out}${folder}`, { recursive: true })
        }
      },
    },
  ],
  build: {
    outDir: out,
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    // Fonts and pictures stay files, so that the policy for content needs no data: addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      input: {
        staff: new URL("./src/console/main.tsx", import.meta.url).pathname,
        join: new URL("./src/join/main.ts", import.meta.url).pathname,
        client: new URL("./src/client/main.ts", import.meta.url).pathname,
        view: new URL("./src/view/main.ts", import.meta.url).pathname,
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "happy-dom" },
})
