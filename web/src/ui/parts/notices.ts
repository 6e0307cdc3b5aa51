import type { LinkState } from "../../wire/control"
import { away, cutOff, onHold, passedOn } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import { h, type View } from "../dom"
import { firstName } from "../format"
import { t } from "../text"

/** The connection is gone; what was typed is kept. */
export function offline(link: LinkState): View | null {
  if (link.kind !== "offline") return null
  return h("p", { key: "offline", class: "note wait", role: "status" }, t("offline"))
}

/** The agent is with somebody else for a moment, or lost the line. */
export function hold(view: SessionView): View | null {
  const held = onHold(view)
  const said = (key: string, name: string) =>
    h("p", { key: "hold", class: "note wait", role: "status" }, t(key, { name: firstName(name) }))
  if (held) return said("hold", held.name)
  const gone = away(view)
  return gone ? said("away", gone.name) : null
}

/** Why one waits again after having talked. */
export function waitsAgain(view: SessionView): View | null {
  const to = passedOn(view)
  if (to !== null) return h("p", { class: "note", role: "status" }, t("queue.passed_on", { to }))
  const name = cutOff(view)
  return name ? h("p", { key: "again", class: "note wait", role: "status" }, t("queue.cut_off", { name })) : null
}

/** The words that stop most of support fraud. */
export function scam(company: string): View {
  return h("p", { key: "scam", class: "scam" }, h("b", null, t("scam.title")), t("scam.text", { company }))
}
