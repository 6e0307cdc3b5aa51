import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { defineConfig } from "vite"
import { sheets } from "./vite.sheets"

const out = new URL("../rs_server/_web/", import.meta.url).pathname
const page = `${out}page.js`
/** Of the script that this one loads: browsers keep that for long. It is built before. */
const version = existsSync(page) ? createHash("sha256").update(readFileSync(page)).digest("hex").slice(0, 12) : "0"

/** The one script that companies put on their pages: a single file at a fixed address. */
export default defineConfig({
  plugins: [sheets()],
  define: { __DESKSIDE_VERSION__: JSON.stringify(version) },
  build: {
    outDir: out,
    emptyOutDir: false,
    lib: {
      entry: new URL("./src/embed/main.ts", import.meta.url).pathname,
      formats: ["iife"],
      name: "Deskside",
      fileName: () => "embed.js",
    },
  },
})
