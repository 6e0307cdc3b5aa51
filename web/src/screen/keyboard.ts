import type { InputEvent } from "./queue"

export interface KeyboardOptions {
  push: (event: InputEvent) => void
  /** Ctrl, Alt and Shift together: the keyboard is wanted back here. */
  onLeave: () => void
  /** Put text into the clipboard there; null: that was not allowed. Resolves when it is there. */
  paste: () => ((text: string) => Promise<void>) | null
}

const MODIFIERS: ReadonlySet<string> = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta"])
/** Text comes of these by the input method, or nothing. */
const NO_KEYS: ReadonlySet<string> = new Set(["Dead", "Process", "Unidentified", "Compose"])
const MOST_CHARACTERS = 1000

/** A field out of sight has the focus while keys go to the other screen: input methods need one to write into. */
export class Keyboard {
  readonly field = document.createElement("textarea")
  readonly #options: KeyboardOptions
  /** Keys that are down there, by where they are on this keyboard. */
  #down = new Map<string, string>()
  #composing = false
  #pasting = false

  constructor(options: KeyboardOptions) {
    this.#options = options
    const { field } = this
    Object.assign(field, { tabIndex: -1, autocomplete: "off", autocapitalize: "off", spellcheck: false })
    field.setAttribute("autocorrect", "off")
    field.addEventListener("keydown", (event) => this.#pressed(event))
    field.addEventListener("keyup", (event) => this.#lifted(event))
    field.addEventListener("compositionstart", () => {
      this.#composing = true
    })
    field.addEventListener("compositionend", () => {
      this.#composing = false
      this.#written()
    })
    field.addEventListener("input", () => {
      if (!this.#composing) this.#written()
    })
    field.addEventListener("paste", (event) => this.#pasted(event))
  }

  get holds(): boolean {
    return this.#down.size > 0
  }

  /** All is let go: nothing is told of it here. */
  clear(): void {
    this.#down.clear()
    this.#composing = this.#pasting = false
    this.field.value = ""
  }

  /** Keys at once, as in Ctrl+Alt+Del: down in this order, up in the other. */
  combine(keys: readonly string[]): void {
    for (const key of keys) this.#options.push({ op: "key", key, code: "", down: true })
    for (const key of [...keys].reverse()) this.#options.push({ op: "key", key, code: "", down: false })
  }

  type(text: string): void {
    const whole = text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]/gu, "")
    const characters = [...whole]
    while (characters.length > 0) {
      this.#options.push({ op: "text", text: characters.splice(0, MOST_CHARACTERS).join("") })
    }
  }

  #pressed(event: KeyboardEvent): void {
    // The keys of this page are not meant.
    event.stopPropagation()
    if (MODIFIERS.has(event.key) && event.ctrlKey && event.altKey && event.shiftKey) {
      event.preventDefault()
      this.#options.onLeave()
      return
    }
    if (event.isComposing || NO_KEYS.has(event.key)) return
    if (event.key.toLowerCase() === "v" && (event.ctrlKey || event.metaKey) && this.#options.paste()) {
      this.#pasting = true
      return
    }
    event.preventDefault()
    const code = event.code || event.key
    const key = this.#down.get(code) ?? nameOf(event)
    if (key.length > 32) return
    this.#down.set(code, key)
    // Repeats too: a key that is held is let go there when nobody says so again.
    this.#options.push({ op: "key", key, code: plain(event.code), down: true })
  }

  #lifted(event: KeyboardEvent): void {
    event.stopPropagation()
    const code = event.code || event.key
    if (!this.#down.has(code)) return
    event.preventDefault()
    this.#lift(code)
    // macOS tells of no key that goes up while Command is down.
    if (event.key === "Meta") {
      for (const [other, key] of [...this.#down]) if (!MODIFIERS.has(key)) this.#lift(other)
    }
  }

  #lift(code: string): void {
    const key = this.#down.get(code) ?? ""
    this.#down.delete(code)
    this.#options.push({ op: "key", key, code: plain(code), down: false })
  }

  /** What an input method or a dead key made. */
  #written(): void {
    const { value } = this.field
    this.field.value = ""
    if (value) this.type(value)
  }

  #pasted(event: ClipboardEvent): void {
    event.preventDefault()
    const text = event.clipboardData?.getData("text/plain") ?? ""
    const put = this.#pasting ? this.#options.paste() : null
    this.#pasting = false
    if (!text) return
    if (!put) {
      this.type(text)
      return
    }
    // The other clipboard first, then the keys that paste there, whichever are still down here.
    void put(text).then(
      () => {
        for (const [code, key] of [...this.#down]) if (key !== "Control") this.#lift(code)
        this.combine(this.#down.size > 0 ? ["v"] : ["Control", "v"])
      },
      () => {},
    )
  }
}

const MAC = /^mac/i.test(navigator.platform)

/** The option key of a Mac makes characters, as AltGr does elsewhere. */
function nameOf({ key }: KeyboardEvent): string {
  return MAC && key === "Alt" ? "AltGraph" : key
}

const plain = (code: string): string => (/^[A-Za-z0-9]{1,32}$/.test(code) ? code : "")
