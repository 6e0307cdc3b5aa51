import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ClientBody, Picture } from "../contract/messages"
import type { InputEvent } from "./queue"
import { Screen, type ScreenMode, type ScreenState } from "./screen"

const picture = (number = 1): Picture => ({ number, kind: "desktop", name: "Desk", width: 1000, height: 500 })
const mode = (part: Partial<ScreenMode> = {}): ScreenMode => ({
  picture: picture(),
  control: true,
  tool: "none",
  me: { id: "agent", name: "Amélie", color: "#3155d6" },
  paste: false,
  label: "Keyboard",
  ...part,
})

let bodies: ClientBody[] = []
let states: ScreenState[] = []
let left = 0
let screen: Screen
let parent: HTMLElement
let frames: FrameRequestCallback[] = []

beforeEach(() => {
  bodies = []
  states = []
  left = 0
  frames = []
  vi.stubGlobal("requestAnimationFrame", (call: FrameRequestCallback) => frames.push(call))
  screen = new Screen({
    giver: "customer",
    send: async (body) => {
      bodies.push(body)
    },
    changed: (state) => states.push(state),
    onLeave: () => left++,
  })
  // A square frame: the picture has bars of 250 above and below.
  Object.defineProperty(screen.element, "clientWidth", { value: 1000 })
  Object.defineProperty(screen.element, "clientHeight", { value: 1000 })
  parent = document.body.appendChild(document.createElement("div"))
  screen.attach(parent)
  screen.set(mode())
})
afterEach(() => {
  screen.detach()
  parent.remove()
  vi.unstubAllGlobals()
})

const done = (): InputEvent[] => bodies.flatMap((body) => (body.type === "desktop.input" ? body.events : []))
const shown = () => bodies.flatMap((body) => (body.type === "desktop.point" ? [body.shown] : []))
const field = () => screen.element.querySelector("textarea") as HTMLTextAreaElement
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}
function point(type: string, x: number, y: number, buttons = 0, pointerType = "mouse"): void {
  const event = new Event(type, { bubbles: true, cancelable: true })
  screen.element.dispatchEvent(Object.assign(event, { offsetX: x, offsetY: y, buttons, pointerType, pointerId: 1 }))
}
function press(type: "keydown" | "keyup", key: string, part: Partial<KeyboardEventInit> = {}): KeyboardEvent {
  const code = part.code ?? (key.length === 1 ? `Key${key.toUpperCase()}` : key)
  const event = new KeyboardEvent(type, { key, bubbles: true, cancelable: true, ...part, code })
  field().dispatchEvent(event)
  return event
}
const frame = () => {
  for (const one of frames.splice(0)) one(0)
}

describe("the pointer", () => {
  it("is told in fractions of the picture, whatever lies beside it", () => {
    point("pointermove", 500, 100)
    point("pointerdown", 500, 100, 1)
    frame()
    expect(done()).toEqual([])
    point("pointerdown", 500, 375, 1)
    point("pointerup", 500, 375, 0)
    expect(done()).toEqual([
      { op: "button", x: 0.5, y: 0.25, button: 1, down: true },
      { op: "button", x: 0.5, y: 0.25, button: 1, down: false },
    ])
    expect(bodies[0]).toMatchObject({ type: "desktop.input", giver: "customer", picture: 1 })
  })

  it("drags on to the edge when it leaves the picture", () => {
    point("pointerdown", 500, 500, 1)
    point("pointermove", 1200, 100, 1)
    frame()
    point("pointerup", 1200, 100, 0)
    expect(done().slice(1)).toEqual([
      { op: "move", x: 1, y: 0 },
      { op: "button", x: 1, y: 0, button: 1, down: false },
    ])
  })

  it("knows the buttons, also the second that comes with a move", () => {
    point("pointerdown", 500, 500, 1)
    point("pointermove", 500, 500, 3)
    point("pointermove", 500, 500, 2)
    point("pointerup", 500, 500, 0)
    expect(done().map((event) => (event.op === "button" ? [event.button, event.down] : event.op))).toEqual([
      [1, true],
      [3, true],
      [1, false],
      [3, false],
    ])
  })

  it("turns the wheel in notches, down and right", () => {
    const turn = (part: object) => {
      const event = new Event("wheel", { cancelable: true })
      const whole = { deltaX: 0, deltaY: 0, deltaMode: 0, shiftKey: false, offsetX: 500, offsetY: 500, ...part }
      screen.element.dispatchEvent(Object.assign(event, whole))
      frame()
      return event.defaultPrevented
    }
    expect(turn({ deltaY: 100 })).toBe(true)
    turn({ deltaY: -3, deltaMode: 1 })
    turn({ deltaY: 200, shiftKey: true })
    expect(done().map((event) => (event.op === "wheel" ? [event.dx, event.dy] : event.op))).toEqual([
      [0, 1],
      [0, -1],
      [2, 0],
    ])
  })

  it("does nothing without control, and leaves the wheel to the page", () => {
    screen.set(mode({ control: false }))
    point("pointerdown", 500, 500, 1)
    const event = Object.assign(new Event("wheel", { cancelable: true }), { deltaY: 9, offsetX: 500, offsetY: 500 })
    screen.element.dispatchEvent(event)
    frame()
    expect([done(), event.defaultPrevented]).toEqual([[], false])
  })
})

describe("the keyboard", () => {
  beforeEach(() => {
    point("pointerdown", 500, 500, 1)
    point("pointerup", 500, 500, 0)
    bodies = []
  })

  it("begins with a click into the picture", () => {
    expect(document.activeElement).toBe(field())
    expect(states.at(-1)?.typing).toBe(true)
  })

  it("does not come up by itself under a finger", () => {
    screen.leave()
    point("pointerdown", 500, 500, 1, "touch")
    expect(document.activeElement).not.toBe(field())
  })

  it("tells key and place, and lets go the same key, whatever it is called by then", () => {
    press("keydown", "Shift", { code: "ShiftLeft" })
    press("keydown", "A", { code: "KeyQ" })
    press("keydown", "A", { code: "KeyQ", repeat: true })
    press("keyup", "Shift", { code: "ShiftLeft" })
    press("keydown", "a", { code: "KeyQ", repeat: true })
    press("keyup", "a", { code: "KeyQ" })
    expect(done()).toEqual([
      { op: "key", key: "Shift", code: "ShiftLeft", down: true },
      { op: "key", key: "A", code: "KeyQ", down: true },
      { op: "key", key: "A", code: "KeyQ", down: true },
      { op: "key", key: "Shift", code: "ShiftLeft", down: false },
      { op: "key", key: "A", code: "KeyQ", down: true },
      { op: "key", key: "A", code: "KeyQ", down: false },
    ])
  })

  it("keeps the keys from the page around it", () => {
    const heard = vi.fn()
    addEventListener("keydown", heard)
    expect(press("keydown", "s").defaultPrevented).toBe(true)
    removeEventListener("keydown", heard)
    expect(heard).not.toHaveBeenCalled()
  })

  it("sends what an input method or a dead key made as text", () => {
    expect(press("keydown", "Dead", { code: "BracketLeft" }).defaultPrevented).toBe(false)
    field().dispatchEvent(new Event("compositionstart"))
    press("keydown", "Process", { code: "KeyE" })
    field().value = "ê"
    field().dispatchEvent(new Event("input"))
    expect(done()).toEqual([])
    field().dispatchEvent(new Event("compositionend"))
    expect(done()).toEqual([{ op: "text", text: "ê" }])
    expect(field().value).toBe("")
  })

  it("cuts long text into pieces, without control characters", () => {
    screen.text(`${"é".repeat(1500)}\r\n\u0007x`)
    expect(done().map((event) => (event.op === "text" ? event.text.length : 0))).toEqual([1000, 502])
    expect(done().at(-1)).toEqual({ op: "text", text: `${"é".repeat(500)}\nx` })
  })

  it("comes back by Ctrl, Alt and Shift, and nothing stays pressed", () => {
    press("keydown", "Control", { code: "ControlLeft", ctrlKey: true })
    press("keydown", "Alt", { code: "AltLeft", ctrlKey: true, altKey: true })
    press("keydown", "Shift", { code: "ShiftLeft", ctrlKey: true, altKey: true, shiftKey: true })
    expect(done().at(-1)).toEqual({ op: "release" })
    expect([left, states.at(-1)?.typing]).toEqual([1, false])
    expect(document.activeElement).not.toBe(field())
  })

  it.each(["blur of the field", "blur of the window", "another tab"])("lets go at the %s", (how) => {
    press("keydown", "Control", { code: "ControlLeft" })
    bodies = []
    if (how === "blur of the field") field().blur()
    else if (how === "blur of the window") dispatchEvent(new Event("blur"))
    else {
      vi.spyOn(document, "hidden", "get").mockReturnValue(true)
      document.dispatchEvent(new Event("visibilitychange"))
      vi.restoreAllMocks()
    }
    expect(done()).toEqual([{ op: "release" }])
    press("keyup", "Control", { code: "ControlLeft" })
    expect(done()).toEqual([{ op: "release" }])
  })

  it("lets go a button too, when it is taken off the page", () => {
    point("pointerdown", 500, 500, 1)
    bodies = []
    screen.detach()
    expect(done()).toEqual([{ op: "release" }])
  })

  it("says nothing more when control was taken back, and nothing that nobody holds", () => {
    press("keydown", "x")
    bodies = []
    screen.set(mode({ control: false }))
    press("keyup", "x")
    press("keydown", "y")
    expect([done(), document.activeElement === field()]).toEqual([[], false])
  })

  it("lets go for the new picture what was pressed in the old", () => {
    press("keydown", "x")
    bodies = []
    screen.set(mode({ picture: picture(2) }))
    expect(bodies).toEqual([{ type: "desktop.input", giver: "customer", picture: 2, events: [{ op: "release" }] }])
  })

  it("sends combinations, down in order and up the other way round", () => {
    screen.combine(["Control", "Alt", "Delete"])
    expect(done().map((event) => (event.op === "key" ? `${event.down ? "+" : "-"}${event.key}` : ""))).toEqual([
      "+Control",
      "+Alt",
      "+Delete",
      "-Delete",
      "-Alt",
      "-Control",
    ])
  })
})

describe("pasting", () => {
  const paste = (text: string) => {
    const event = Object.assign(new Event("paste", { cancelable: true }), { clipboardData: { getData: () => text } })
    field().dispatchEvent(event)
  }

  it("puts the text there first, then presses the keys", async () => {
    screen.set(mode({ paste: true }))
    press("keydown", "Control", { code: "ControlLeft", ctrlKey: true })
    expect(press("keydown", "v", { ctrlKey: true }).defaultPrevented).toBe(false)
    press("keyup", "Control", { code: "ControlLeft" })
    paste("héllo")
    await settle()
    expect(bodies.map((body) => body.type)).toContain("clipboard.put")
    const at = bodies.findIndex((body) => body.type === "clipboard.put")
    expect(bodies[at]).toEqual({ type: "clipboard.put", giver: "customer", text: "héllo" })
    bodies = bodies.slice(at)
    expect(done().map((event) => (event.op === "key" ? `${event.down ? "+" : "-"}${event.key}` : ""))).toEqual([
      "+Control",
      "+v",
      "-v",
      "-Control",
    ])
  })

  it("is a key like any other where the clipboard there may not be written", () => {
    expect(press("keydown", "v", { ctrlKey: true }).defaultPrevented).toBe(true)
    expect(done()).toEqual([{ op: "key", key: "v", code: "KeyV", down: true }])
  })

  it("types what comes without the keys", () => {
    paste("typed")
    expect(done()).toEqual([{ op: "text", text: "typed" }])
  })
})

describe("tools", () => {
  it("point instead of acting", () => {
    screen.set(mode({ tool: "draw" }))
    point("pointerdown", 0, 250, 1)
    point("pointermove", 500, 500, 1)
    point("pointerup", 1000, 750, 0)
    frame()
    expect(done()).toEqual([])
    expect(shown().at(-1)).toMatchObject({ mark: "stroke", stroke: 1, end: true })
    expect(shown().flatMap((one) => (one.mark === "stroke" ? one.points : []))).toContainEqual([0.5, 0.5])
    expect(screen.element.querySelector("path.stroke")).not.toBeNull()
  })

  it("frame what is dragged over, and a click takes the frame away", () => {
    screen.set(mode({ tool: "highlight" }))
    point("pointerdown", 0, 250, 1)
    point("pointerup", 500, 500, 0)
    point("pointerdown", 10, 260, 1)
    point("pointerup", 10, 260, 0)
    expect(shown()).toEqual([
      { mark: "highlight", box: [0, 0, 0.5, 0.5] },
      { mark: "highlight", box: null },
    ])
  })

  it("show what others do there, of this picture alone", () => {
    const by = { id: "sofia", name: "Sofia", color: "#b3401f" }
    screen.pointed(by, 2, { mark: "pointer", at: [0.5, 0.5] })
    frame()
    expect(screen.element.querySelector(".pointer")).toBeNull()
    screen.pointed(by, 1, { mark: "pointer", at: [0.5, 0.5] })
    frame()
    expect(screen.element.querySelector(".pointer")?.textContent).toBe("Sofia")
    expect(screen.element.querySelector(".pointer")?.getAttribute("transform")).toBe("translate(500.0 500.0)")
  })
})
