import type { Presence } from "../../contract/messages"
import { type Capability, CONTROLLING, given, IN_FOLDERS, type Viewer, viewers } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import { h, type View } from "../dom"
import { names } from "../format"
import { icon } from "../icons"
import { t } from "../text"

/** Which stream a capability shows; what has none is shown as soon as it is granted. */
const STREAM: Partial<Record<Capability, Presence["streams"][number]>> = {
  see: "camera",
  screen_view: "screen",
  desktop_view: "desktop",
  application_view: "application",
}

export interface BannerProps {
  view: SessionView
  /** Streams that leave this page now, whatever the server has heard of it. */
  local?: readonly string[]
  /** Stop was pressed and is being carried out: nobody is named any more. */
  stopped: boolean
  /** What is said after Stop, until something is shown again. */
  after?: string | null
  onStop: () => void
  onStopRecording: () => void
}

export interface Seen {
  viewer: Viewer
  /** What is seen now. */
  now: Capability[]
  /** What may be seen as soon as it is shown again. */
  later: Capability[]
}

/** Who sees what at this moment, and who would. */
export function seen(view: SessionView, local: readonly string[] = []): Seen[] {
  const mine = view.presence.find((p) => p.participant === view.you)?.streams ?? []
  const live = (capability: Capability) => {
    const stream = STREAM[capability]
    return stream === undefined || local.includes(stream) || mine.includes(stream)
  }
  return viewers(view).map((viewer) => ({
    viewer,
    now: viewer.capabilities.filter(live),
    later: viewer.capabilities.filter((c) => !live(c)),
  }))
}

/** Names every viewer, says when it is recorded, and stops both. Null when there is nothing to say. */
export function banner({ view, local, stopped, after, onStop, onStopRecording }: BannerProps): View | null {
  const people = stopped ? [] : seen(view, local)
  const recording = view.session.recording && view.session.state !== "ended"
  if (people.length === 0 && !recording && !after) return null
  // Where everything is recorded the notice says so, and only leaving ends it.
  const mayStopRecording = view.session.recording_policy === "on_demand" && given(view, "record").length > 0
  return h(
    "section",
    {
      key: "banner",
      class: `banner${people.length > 0 ? "" : recording ? " rec" : " off"}`,
      "aria-label": t("banner.title"),
    },
    h(
      "div",
      { class: "who", role: "status" },
      people.map((one) => sentence(one, view.session.company)),
      people.length === 0 && after ? h("div", null, after) : null,
      recording ? h("div", { class: "rec" }, h("span", { class: "dot" }), t("banner.recorded")) : null,
      people.length > 0 ? h("div", { class: "fine" }, t("banner.escape")) : null,
    ),
    recording && mayStopRecording && people.length === 0
      ? h("button", { type: "button", onclick: onStopRecording }, t("banner.stop_recording"))
      : null,
    people.length > 0
      ? h("button", { type: "button", class: "stop", onclick: onStop }, icon("stop"), t("banner.stop"))
      : null,
  )
}

/** In one sentence where the same is seen and controlled, else in one for each. */
function sentence({ viewer, now, later }: Seen, company: string): View {
  const what = now.length > 0 ? now : later
  const controlled = what.filter((c) => CONTROLLING.includes(c)).map((c) => c.replace("control", "view") as Capability)
  const watched = what.filter((capability) => !CONTROLLING.includes(capability) && !IN_FOLDERS.includes(capability))
  const folders = what.filter((capability) => IN_FOLDERS.includes(capability))
  const both = watched.filter((capability) => controlled.includes(capability))
  const lines: [key: string, things: Capability[]][] = [
    ["banner.sees", watched.filter((capability) => !both.includes(capability))],
    ["banner.sees_controls", both],
    ["banner.controls", controlled.filter((capability) => !both.includes(capability))],
    [folders.includes("files_write") ? "banner.changes_folders" : "banner.reads_folders", folders],
  ]
  const { name } = viewer.participant
  const said = (key: string, things: readonly Capability[]) =>
    t(key, { name, company, what: names(things.map((capability) => t(`what.${capability}`))) })
  const dot = h("span", { class: "live", "aria-hidden": "true" }, "● ")
  return h(
    "div",
    { key: viewer.participant.id, class: now.length > 0 ? "" : "muted" },
    now.length > 0
      ? lines
          .filter(([, things]) => things.length > 0)
          .map(([key, things]) => h("div", { key }, dot, said(key, things)))
      : said("banner.may_see", what),
  )
}
