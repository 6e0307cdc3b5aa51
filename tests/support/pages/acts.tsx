// Beside a page: the actor, with numbers that elements carry in data-n, and a React form.
import { createRoot } from "react-dom/client"
import { useState } from "react"
import { PageActor } from "../../../web/src/capture/acts"

const all = (root: Document | ShadowRoot): Element[] =>
  [...root.querySelectorAll("*")].flatMap((one) => [
    one,
    ...(one.shadowRoot ? all(one.shadowRoot) : []),
    ...(one.localName === "iframe" && (one as HTMLIFrameElement).contentDocument
      ? all((one as HTMLIFrameElement).contentDocument as Document)
      : []),
  ])
const nodes = {
  epoch: 1,
  idOf: (node: Node) => Number((node as Element).getAttribute?.("data-n") ?? 0),
  nodeOf: (id: number) => all(document).find((one) => one.getAttribute("data-n") === String(id)) ?? null,
}
const said: unknown[] = []
const state = { controllers: ["anna"], said, acts: {} as Record<number, unknown[]> }
const actor = new PageActor(
  {
    base: "",
    session: "s",
    access: () => null,
    rules: { unmask: [], mask: [], risky: ["#pay", "((broken", "[type=submit]"], origins: ["https://shop.example"] },
    language: "en",
    text: (key: string, values?: Record<string, string>) => `${key} ${values?.name} ${values?.what}`,
    panel: document.getElementById("panel") as Element,
    send: async () => {},
    viewers: () => ["anna"],
    controllers: () => state.controllers,
    notify: () => {},
  },
  nodes,
  { hides: () => false, forbids: (one: Element) => one.matches("[data-masked]") } as never,
)
let count = 0
Object.assign(window, {
  state,
  actor,
  nodes,
  act: (op: never, epoch = 1) => {
    const mine: unknown[] = (state.acts[++count] = [])
    return new Promise((resolve) => {
      actor.act(op, epoch, { id: "anna", name: "Anna" }, (outcome, reason) => {
        mine.push(outcome)
        if (outcome !== "asking") resolve([outcome, reason])
      })
    })
  },
  show: (shown: never) => actor.show(shown, 1, { id: "anna", name: "Anna" }),
})

function Form() {
  const [text, setText] = useState("")
  const [long, setLong] = useState("")
  const [on, setOn] = useState(false)
  const [one, setOne] = useState("a")
  const [clicks, setClicks] = useState(0)
  return (
    <>
      <input data-n="40" value={text} onChange={(e) => setText(e.target.value)} />
      <textarea data-n="41" value={long} onChange={(e) => setLong(e.target.value)} />
      <input data-n="42" type="checkbox" checked={on} onChange={(e) => setOn(e.target.checked)} />
      <select data-n="43" value={one} onChange={(e) => setOne(e.target.value)}>
        <option>a</option>
        <option>b</option>
      </select>
      <button data-n="44" type="button" onClick={() => setClicks(clicks + 1)}>
        Click
      </button>
      <output id="react">{[text, long, on, one, clicks].join("|")}</output>
    </>
  )
}
createRoot(document.getElementById("app") as Element).render(<Form />)
