import { Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight"
import { IconSearch } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { labelOf, setState } from "../../data/desk"
import { wantsIn } from "../../data/focus"
import * as model from "../../data/session"
import { choose, LANGUAGE_NAMES, LANGUAGES } from "../../staff/i18n"
import { useTools } from "../centre/useTools"
import { sessionOrder, useConsole, useDesk, useMedia, useView } from "../context"
import { useDialog } from "./dialogs"

/** Everything that can be done now, by name. */
export function Palette() {
  const { t } = useTranslation()
  const here = useHere()
  const sessions = useSwitches()
  const desk = useDeskActions()
  return (
    <Spotlight
      actions={[...here, ...sessions, ...desk]}
      shortcut={["mod + K"]}
      lockScroll={false}
      overlayProps={{ blur: 0 }}
      attributes={{ content: { "aria-label": t("staff.palette.open") } }}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound={t("staff.palette.nothing")}
      searchProps={{
        placeholder: t("staff.palette.placeholder"),
        "aria-label": t("staff.palette.open"),
        leftSection: <IconSearch size={18} />,
      }}
    />
  )
}

function useHere(): SpotlightActionGroupData[] {
  const { t } = useTranslation()
  const engine = useConsole()
  const front = useDesk((state) => state.front) ?? ""
  const view = useView(front)
  const tools = useTools(view)
  const wants = useMedia((media) => wantsIn(media.focus, front))
  if (!view || model.isOver(view)) return []
  const end = model.isPrimary(view)
    ? { id: "end", label: t("staff.head.end_all"), onClick: () => void engine.act({ type: "session.end" }, front) }
    : { id: "leave", label: t("staff.head.leave"), onClick: () => void engine.act({ type: "session.leave" }, front) }
  return [
    {
      group: model.customerName(view) || t("staff.nameless"),
      actions: [
        {
          id: "mic",
          label: t(wants.mic ? "staff.palette.mic_off" : "staff.palette.mic_on"),
          onClick: () => engine.media.setMic(front, !wants.mic),
        },
        {
          id: "camera",
          label: t(wants.camera ? "staff.palette.camera_off" : "staff.palette.camera_on"),
          onClick: () => engine.media.setCamera(front, !wants.camera),
        },
        ...tools
          .filter((tool) => !tool.why)
          .map((tool) => ({ id: tool.name, label: t(`staff.tool.${tool.name}`), onClick: tool.run })),
        end,
      ],
    },
  ]
}

function useSwitches(): SpotlightActionGroupData[] {
  const { t } = useTranslation()
  const engine = useConsole()
  const order = useDesk(sessionOrder)
  const names = useDesk((state) => order.map((id) => (state.views[id] ? model.customerName(state.views[id]) : "")))
  if (order.length === 0) return []
  return [
    {
      group: t("staff.sessions.title"),
      actions: order.map((id, at) => ({
        id: `session-${id}`,
        label: t("staff.palette.go_to", { name: names[at] || t("staff.nameless") }),
        description: at < 8 ? `Alt ${at + 1}` : undefined,
        onClick: () => engine.toFront(id),
      })),
    },
  ]
}

function useDeskActions(): SpotlightActionGroupData[] {
  const { t, i18n } = useTranslation()
  const engine = useConsole()
  const { show } = useDialog()
  const reasons = useDesk((state) => state.config?.reasons ?? [])
  const required = useDesk((state) => state.desk?.rules.reason_required ?? false)
  const go = (state: "ready" | "not_ready", reason: string | null) => () => void engine.act(setState(state, reason))
  return [
    {
      group: t("staff.palette.desk"),
      actions: [
        { id: "new", label: t("staff.new.button"), onClick: () => show("new") },
        { id: "ready", label: t("staff.state.ready"), onClick: go("ready", null) },
        ...(required ? [] : [{ id: "not_ready", label: t("staff.state.not_ready"), onClick: go("not_ready", null) }]),
        ...reasons.map(({ code }) => ({
          id: `reason-${code}`,
          label: `${t("staff.state.not_ready")} · ${labelOf(reasons, code, i18n.language)}`,
          onClick: go("not_ready", code),
        })),
        { id: "keys", label: t("staff.keys.title"), onClick: () => show("keys") },
        ...LANGUAGES.filter((one) => one !== i18n.language).map((language) => ({
          id: `language-${language}`,
          label: LANGUAGE_NAMES[language] ?? language,
          onClick: () => void choose(i18n, language),
        })),
      ],
    },
  ]
}
