import type { Plugin } from "vite"

const SHEETS = /\/(ui\/(style|tokens)|embed\/style)\.ts$/

/** Stylesheets that are texts in a script: without the space that is for whoever reads them. */
export function sheets(): Plugin {
  return {
    name: "sheets",
    transform(code, id) {
      if (!SHEETS.test(id)) return null
      const made = code.replace(/(?<== )`[^`$]*`/g, packed)
      if (made === code) this.error("no stylesheet to be packed")
      return { code: made, map: null }
    },
  }
}

/** Spaces within selectors and values stay: there they mean something. */
function packed(css: string): string {
  const texts = [...css.matchAll(/"([^"]*)"/g)].map((found) => found[1] ?? "")
  if (css.includes("\\") || texts.some((text) => /[:;,{}]|\s\s/.test(text)))
    throw new Error("a text in a stylesheet that packing might change")
  return css
    .replace(/\s+/g, " ")
    .replace(/ ?([{};]) ?/g, "$1")
    .replace(/([:,]) /g, "$1")
    .replace(/;}/g, "}")
}
