// Bundle one entry for a page of the tests: node bundle.mjs <web folder> <entry> <output>.
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"

const [web, entry, file] = process.argv.slice(2)
const require = createRequire(`${web}/package.json`)
const { rolldown } = await import(pathToFileURL(require.resolve("rolldown")).href)
const bundle = await rolldown({
  input: entry,
  resolve: { modules: [`${web}/node_modules`], extensions: [".tsx", ".ts", ".js", ".mjs", ".json"] },
  transform: { define: { "process.env.NODE_ENV": '"production"' } },
  logLevel: "warn",
})
await bundle.write({ file, format: "iife", codeSplitting: false })
