import type { ClientBody, Picture } from "../contract/messages"
import type { Person } from "../page/port"
import { Keyboard } from "./keyboard"
import { ScreenMarks, type Shown } from "./marks"
import { Mouse } from "./mouse"
import { type Box, fitted } from "./place"
import { type InputEvent, InputQueue, type Trouble } from "./queue"
import { ScreenTools, type Tool } from "./tools"

export interface ScreenMode {
  readonly picture: Picture | null
  /** What is done here is done there. */
  readonly control: boolean
  readonly tool: Tool
  readonly me: Person
  /** Text may be put into the clipboard there. */
  readonly paste: boolean
  /** Of the field into which is typed. */
  readonly label: string
}

export interface ScreenState {
  /** Keys go there. */
  readonly typing: boolean
  readonly trouble: Trouble | null
}

export interface ScreenOptions {
  giver: string
  send: (body: ClientBody) => Promise<void>
  changed: (state: ScreenState) => void
  /** The keyboard came back by its keys: the focus goes where it came from. */
  onLeave: () => void
}

/** Marks that are on their way; pointers are left out while there are so many. */
const MOST_MARKS = 8
const EVENTS = ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave"] as const

/**
 * What lies over the picture of somebody's desktop or application, and takes what is done there: input while it is
 * controlled, else pointer, frame and pen. The picture itself stands below, in the same place, whole or at full size.
 */
export class Screen {
  readonly element = document.createElement("div")
  readonly #options: ScreenOptions
  readonly #queue: InputQueue
  readonly #keyboard: Keyboard
  readonly #mouse: Mouse
  readonly #marks: ScreenMarks
  readonly #tools: ScreenTools
  readonly #sizes = new ResizeObserver(() => this.#marks.draw())
  #attached: AbortController | null = null
  #mode: ScreenMode | null = null
  #state: ScreenState = { typing: false, trouble: null }
  #flying = 0

  constructor(options: ScreenOptions) {
    this.#options = options
    const push = (event: InputEvent) => this.#push(event)
    const box = () => this.#box()
    this.#queue = new InputQueue({
      send: (events) => this.#send(events),
      onTrouble: (trouble) => {
        if (trouble) this.#forget()
        this.#tell({ trouble })
      },
    })
    this.#mouse = new Mouse({ push, box })
    this.#marks = new ScreenMarks(box)
    this.#tools = new ScreenTools(box, (shown) => this.#point(shown))
    this.#keyboard = new Keyboard({
      push,
      onLeave: () => {
        this.leave()
        options.onLeave()
      },
      paste: () => (this.#mode?.paste ? (text) => this.#put(text) : null),
    })
    this.#build()
  }

  /** How it is with the picture now. */
  set(mode: ScreenMode): void {
    const before = this.#mode
    this.#mode = mode
    this.#keyboard.field.setAttribute("aria-label", mode.label)
    if (before?.picture?.number !== mode.picture?.number) {
      this.#marks.clear()
      this.#tools.clear()
      // What is pressed was meant for the other picture.
      if (before?.control && mode.control && mode.picture && this.#holds()) this.#letGo()
      this.#forget()
    }
    if (before?.control && !mode.control) this.#lost()
    this.#tools.set(mode.tool)
    const busy = mode.tool !== "none"
    this.element.style.cursor = busy ? "crosshair" : "default"
    this.element.style.touchAction = busy || mode.control ? "none" : "auto"
    this.#marks.draw()
  }

  /** Somebody else shows something there. */
  pointed(by: Person, picture: number, shown: Shown): void {
    if (picture === this.#mode?.picture?.number) this.#marks.show(by, shown)
  }

  wipe(): void {
    this.#point({ mark: "wipe" })
  }

  /** Keys go there from now on. */
  type(): void {
    if (this.#mode?.control) this.#keyboard.field.focus({ preventScroll: true })
  }

  /** Keys stay here from now on. */
  leave(): void {
    this.#keyboard.field.blur()
    this.#stop()
  }

  combine(keys: readonly string[]): void {
    if (this.#mode?.control) this.#keyboard.combine(keys)
  }

  /** As if it were typed. */
  text(text: string): void {
    if (this.#mode?.control) this.#keyboard.type(text)
  }

  /** Over the picture, which fills the same place. */
  attach(parent: HTMLElement): void {
    this.#attached?.abort()
    this.#attached = new AbortController()
    const { signal } = this.#attached
    parent.append(this.element)
    this.#sizes.observe(this.element)
    addEventListener("blur", () => this.#stop(), { signal })
    document.addEventListener("visibilitychange", () => document.hidden && this.#stop(), { signal })
  }

  /** It is out of sight: nothing stays pressed. */
  detach(): void {
    this.leave()
    this.#attached?.abort()
    this.#attached = null
    this.#sizes.disconnect()
    this.#mode = null
    this.#tools.clear()
    this.#marks.clear()
    this.#queue.clear()
    this.element.remove()
  }

  #build(): void {
    const { element } = this
    const { field } = this.#keyboard
    Object.assign(element.style, { position: "absolute", inset: "0" })
    // Out of sight, and where an input method shows its list over the picture.
    Object.assign(field.style, {
      position: "absolute",
      left: "50%",
      bottom: "0",
      width: "1px",
      height: "1px",
      minHeight: "0",
      padding: "0",
      border: "0",
      margin: "0",
      opacity: "0",
      resize: "none",
      pointerEvents: "none",
    })
    element.append(this.#marks.svg, field)
    for (const name of EVENTS) element.addEventListener(name, (event) => this.#pointer(event))
    element.addEventListener("mousedown", (event) => event.preventDefault())
    element.addEventListener("contextmenu", (event) => {
      if (this.#mode?.control) event.preventDefault()
    })
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false })
    field.addEventListener("focus", () => this.#tell({ typing: true }))
    field.addEventListener("blur", () => this.#stop())
  }

  #pointer(event: PointerEvent): void {
    const mode = this.#mode
    if (!mode?.picture) return
    if (mode.tool !== "none") {
      if (event.type === "pointerdown") this.element.setPointerCapture?.(event.pointerId)
      this.#tools.at(event)
      return
    }
    if (!mode.control || event.type === "pointerleave") return
    if (event.type === "pointerdown") {
      this.element.setPointerCapture?.(event.pointerId)
      // A finger would bring up the keyboard of the device at each tap.
      if (event.pointerType !== "touch") this.type()
    }
    this.#mouse.at(event)
  }

  #wheel(event: WheelEvent): void {
    if (!this.#mode?.control || this.#mode.tool !== "none" || !this.#mode.picture) return
    event.preventDefault()
    this.#mouse.turned(event)
  }

  #box(): Box | null {
    const picture = this.#mode?.picture
    const { clientWidth: width, clientHeight: height } = this.element
    return picture && width > 0 && height > 0 ? fitted({ width, height }, picture) : null
  }

  #push(event: InputEvent): void {
    if (this.#mode?.control && this.#mode.picture) this.#queue.push(event)
  }

  #send(events: InputEvent[]): Promise<void> {
    const picture = this.#mode?.picture
    if (!picture) return Promise.reject({ code: "conflict" })
    return this.#options.send({ type: "desktop.input", giver: this.#options.giver, picture: picture.number, events })
  }

  #put(text: string): Promise<void> {
    return this.#options.send({ type: "clipboard.put", giver: this.#options.giver, text })
  }

  #point(shown: Shown): void {
    const mode = this.#mode
    if (!mode?.picture) return
    this.#marks.show(mode.me, shown)
    if (shown.mark === "pointer" && shown.at && this.#flying >= MOST_MARKS) return
    this.#flying++
    this.#options
      .send({ type: "desktop.point", giver: this.#options.giver, picture: mode.picture.number, shown })
      .catch(() => {})
      .finally(() => this.#flying--)
  }

  #holds(): boolean {
    return this.#keyboard.holds || this.#mouse.holds
  }

  #letGo(): void {
    this.#queue.release()
    this.#forget()
  }

  #forget(): void {
    this.#keyboard.clear()
    this.#mouse.clear()
  }

  /** The keyboard is not there any more, or nobody looks: what is pressed is let go. */
  #stop(): void {
    if (this.#holds() && this.#mode?.control) this.#letGo()
    this.#forget()
    this.#tell({ typing: false })
  }

  /** Control is over; the client lets go by itself, and would take nothing more. */
  #lost(): void {
    this.#forget()
    this.#queue.clear()
    this.#keyboard.field.blur()
  }

  #tell(part: Partial<ScreenState>): void {
    const next = { ...this.#state, ...part }
    if (next.typing === this.#state.typing && next.trouble === this.#state.trouble) return
    this.#state = next
    this.#options.changed(next)
  }
}
