// Drives one Firefox by WebDriver BiDi. Reads commands from standard input, a JSON object a line:
// {id, do, page, ...}; answers each with {id, value} or {id, error} on standard output, and tells of
// what happened by itself with {event, ...}.
import { createInterface } from "node:readline"
import { createRequire } from "node:module"
import { pathToFileURL } from "node:url"

const [modules, program] = process.argv.slice(2)
const require = createRequire(pathToFileURL(`${modules}/`))
const puppeteer = (await import(pathToFileURL(require.resolve("puppeteer-core")))).default

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: program,
  headless: true,
  defaultViewport: { width: 1280, height: 820 },
  extraPrefsFirefox: {
    "media.navigator.streams.fake": true,
    "media.navigator.permission.disabled": true,
    "media.peerconnection.ice.loopback": true,
    "media.peerconnection.ice.obfuscate_host_addresses": false,
    "media.autoplay.default": 0,
    "media.getdisplaymedia.enabled": true,
    "dom.disable_open_during_load": false,
    "intl.accept_languages": "en-GB",
    "browser.download.useDownloadDir": true,
    // Names of the world are not looked up from here.
    "network.dns.offline-localhost": false,
    "network.proxy.type": 0,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
  },
})

const pages = []

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

function watch(page) {
  page.setDefaultTimeout(20_000)
  page.on("pageerror", (error) => say({ event: "error", text: String(error?.message ?? error), url: page.url() }))
  page.on("console", (message) => {
    if (message.type() === "error") say({ event: "console", text: message.text(), url: page.url() })
  })
  return pages.push(page) - 1
}

/** In the page: what can be seen of this kind and name, shadow roots included. */
const FIND = (kind, name, last) => {
  const kinds = {
    button: "button, [role=button]",
    link: "a[href]",
    tab: "[role=tab]",
    menuitem: "[role=menuitem]",
    textbox: "input:not([type]), input[type=text], input[type=password], textarea",
    radio: "input[type=radio]",
    file: "input[type=file]",
    text: "*",
  }
  const words = (element) =>
    element.ariaLabel ??
    (element.labels?.length
      ? [...element.labels].map((label) => label.textContent).join(" ")
      : [...element.childNodes].map((n) => (n.ariaHidden === "true" ? "" : n.textContent)).join(""))
  const own = (element) =>
    [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent).join(" ")
  const found = []
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot)
      if (!element.matches(kinds[kind])) continue
      const said = kind === "text" ? own(element) : words(element)
      const fits = kind === "text" || kind === "link" ? said.includes(name) : said.trim().startsWith(name)
      if (fits && (kind === "file" || kind === "radio" || element.getClientRects().length > 0)) found.push(element)
    }
  }
  walk(document)
  return (last ? found.at(-1) : found[0]) ?? null
}

async function one(page, kind, name, last = false) {
  const handle = await pages[page].waitForFunction(FIND, { polling: 50 }, kind, name, last)
  return handle.asElement()
}

const actions = {
  async version() {
    return browser.version()
  },
  /** Runs in every page from now on, before its own scripts; in windows that pages open, too. */
  async before({ code }) {
    await browser.connection.send("script.addPreloadScript", { functionDeclaration: `() => { ${code} }` })
  },
  async page() {
    return watch(await browser.newPage())
  },
  /** The page of an address that has come up by itself. */
  async opened({ address }) {
    for (;;) {
      for (const page of await browser.pages()) {
        if (page.url().includes(address) && !pages.includes(page)) return watch(page)
      }
      await new Promise((done) => setTimeout(done, 50))
    }
  },
  async goto({ page, url }) {
    await pages[page].goto(url, { waitUntil: "load" })
  },
  async reload({ page }) {
    await pages[page].reload({ waitUntil: "load" })
  },
  async click({ page, kind, name, last }) {
    for (;;) {
      try {
        await (await one(page, kind, name, last)).click()
        return
      } catch (error) {
        // Drawn anew between being found and being clicked.
        if (!/detached|not clickable|stale/i.test(String(error))) throw error
      }
    }
  },
  async fill({ page, name, text }) {
    const field = await one(page, "textbox", name)
    await field.click()
    await field.type(text)
  },
  async press({ page, key }) {
    await pages[page].keyboard.press(key)
  },
  async type({ page, text }) {
    await pages[page].keyboard.type(text)
  },
  /** What the code answers in the first frame where that is something. */
  async within({ page, code, argument }) {
    let last = "nothing was found"
    for (const end = Date.now() + 20_000; Date.now() < end; ) {
      for (const frame of pages[page].frames()) {
        const found = await frame.evaluate(`(${code})(${JSON.stringify(argument ?? null)})`).catch((error) => {
          last = error
        })
        if (found) return found
      }
      await new Promise((done) => setTimeout(done, 50))
    }
    throw new Error(`in no frame: ${last}`)
  },
  /** With the mouse, in the middle of what a frame shows there, whatever lies over it. */
  async hit({ page, code, argument }) {
    for (let frame of pages[page].frames()) {
      const found = await frame.evaluateHandle(`(${code})(${JSON.stringify(argument ?? null)})`).catch(() => null)
      const element = found?.asElement()
      if (!element) continue
      let [x, y] = await element.evaluate((it) => {
        const box = it.getBoundingClientRect()
        return [box.x + box.width / 2, box.y + box.height / 2]
      })
      for (; frame.parentFrame(); frame = frame.parentFrame()) {
        const outer = await (await frame.frameElement()).evaluate((it) => {
          const box = it.getBoundingClientRect()
          const scale = box.width / it.offsetWidth
          return [box.x + it.clientLeft * scale, box.y + it.clientTop * scale, scale]
        })
        ;[x, y] = [outer[0] + x * outer[2], outer[1] + y * outer[2]]
      }
      await pages[page].mouse.click(x, y)
      return
    }
    throw new Error("it is in none of the frames")
  },
  async upload({ page, name, path }) {
    await (await one(page, "file", name)).uploadFile(path)
  },
  async wait({ page, kind, name }) {
    await one(page, kind, name)
  },
  async evaluate({ page, code, argument }) {
    return pages[page].evaluate(`(${code})(${JSON.stringify(argument ?? null)})`)
  },
  async screenshot({ page, path }) {
    await pages[page].screenshot({ path })
  },
}

say({ event: "ready" })
for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: name, ...options } = JSON.parse(line)
  Promise.resolve()
    .then(() => actions[name](options))
    .then(
      (value) => say({ id, value: value ?? null }),
      (error) => say({ id, error: String(error?.stack ?? error) }),
    )
}
await browser.close()
