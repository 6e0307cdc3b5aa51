import { defineConfig } from "vite"

/** What the embed's script loads when a page is to be shown: a single file at a fixed address. */
export default defineConfig({
  build: {
    outDir: new URL("../rs_server/_web/", import.meta.url).pathname,
    emptyOutDir: false,
    lib: {
      entry: new URL("./src/capture/main.ts", import.meta.url).pathname,
      formats: ["iife"],
      name: "DesksidePage",
      fileName: () => "page.js",
    },
  },
})
