import { defineConfig } from "vite"

/** The one script that companies put on their pages: a single file at a fixed address. */
export default defineConfig({
  build: {
    outDir: new URL("../rs_server/_web/", import.meta.url).pathname,
    emptyOutDir: false,
    lib: {
      entry: new URL("./src/embed/main.ts", import.meta.url).pathname,
      formats: ["iife"],
      name: "Deskside",
      fileName: () => "embed.js",
    },
  },
})
