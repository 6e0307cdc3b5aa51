import { useCallback, useEffect } from "react"
import type { Offer } from "../contract/messages"
import type { Console } from "../data/console"
import { openOffers } from "../data/desk"
import { wantsIn } from "../data/focus"
import { shown } from "../data/screens"
import { settings } from "../staff/settings"
import { toolsOf } from "./centre/tools"
import { sessionOrder, useConsole } from "./context"
import type { Dialogs } from "./dialogs/dialogs"
import { openTab } from "./right/tab"

/** Take the offer; the microphone opens with it where the agent likes it so. */
export function useAccept(): (offer: Offer) => void {
  const engine = useConsole()
  return useCallback((offer) => accept(engine, offer), [engine])
}

function accept(engine: Console, offer: Offer): void {
  // Not before it is theirs: the microphone would leave the session that it is in for one that another got.
  void engine.accept(offer.id).then((taken) => {
    if (taken && settings.get().micOnAccept) engine.media.setMic(offer.session, true)
  })
}

export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=menu]") !== null)
  )
}

/** The keys of the console. Single letters only while no field has the focus and no dialog is open. */
export function useKeys(engine: Console, dialogs: Dialogs): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return
      const used =
        event.altKey && !event.ctrlKey && !event.metaKey
          ? withAlt(engine, event.code)
          : plain(event) && letter(engine, dialogs, event.key)
      if (used) event.preventDefault()
    }
    addEventListener("keydown", pressed)
    return () => removeEventListener("keydown", pressed)
  }, [engine, dialogs])
}

function plain(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey && !isField(event.target) && settings.get().letterKeys
}

function withAlt(engine: Console, code: string): boolean {
  const state = engine.state.get()
  if (code === "KeyA") {
    const offer = openOffers(state.desk, engine.now())[0]
    if (offer) accept(engine, offer)
    return offer !== undefined
  }
  const digit = /^(?:Digit|Numpad)([1-8])$/.exec(code)?.[1]
  const session = digit ? sessionOrder(state)[Number(digit) - 1] : undefined
  if (session) engine.toFront(session)
  return session !== undefined
}

function letter(engine: Console, dialogs: Dialogs, key: string): boolean {
  if (key === "?") {
    dialogs.show("keys")
    return true
  }
  const { front, views } = engine.state.get()
  const view = front ? views[front] : undefined
  if (!front || !view) return false
  const { media } = engine
  const state = media.store.get()
  const wants = wantsIn(state.focus, front)
  switch (key.toLowerCase()) {
    case "m":
      media.setMic(front, !wants.mic)
      return true
    case "v":
      media.setCamera(front, !wants.camera)
      return true
    case "h":
      if (state.focus.focus === front) media.hold(front)
      else if (wants.mic || wants.camera) media.resume(front)
      return true
  }
  const pageTool = engine.pages.of(front)?.store.get().tool ?? "none"
  const giver = shown(view)?.giver
  const screenTool = giver === undefined ? "none" : engine.screens.of(front, giver).store.get().tool
  const tools = toolsOf(view, { engine, dialogs, media: state, pageTool, screenTool, openTab })
  const tool = tools.find((one) => one.key === key.toLowerCase())
  if (!tool) return false
  if (!tool.why) tool.run()
  return true
}
