import type { Plugin } from "vite"

const SHEETS = /\/(ui\/(style|tokens)|embed\/style)\.ts$/

/** Stylesheets that are texts in a script: without the space that is for whoever reads them. */
export function sheets(): Plugin {
  return {
    name: "sheets",
    transform(code, id) {
      if (!SHEETS.test(id)) return null
      return { code: code.replace(/(?<== )`[^`$]*`/g, packed), map: null }
    },
  }
}

/** Spaces within selectors and values stay: there they mean something. */
function packed(css: string): string {
  return css
    .replace(/\s+/g, " ")
    .replace(/ ?([{};]) ?/g, "$1")
    .replace(/([:,]) /g, "$1")
    .replace(/;}/g, "}")
}
