import { Tooltip, UnstyledButton } from "@mantine/core"
import { useTranslation } from "react-i18next"
import * as model from "../../data/session"
import type { SessionView } from "../../wire/view"
import { GROUPS, type Tool } from "./tool"
import { useTools } from "./useTools"

/** Four groups of tools. What cannot be done stays in its place, grey, and says why. */
export function Rail({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const tools = useTools(view)
  return (
    <div className="rail" role="toolbar" aria-orientation="vertical" aria-label={t("staff.rail.region")}>
      {GROUPS.map((group) => (
        <section key={group} aria-label={t(`staff.rail.${group}`)}>
          <h3>{t(`staff.rail.${group}`)}</h3>
          {tools
            .filter((tool) => tool.group === group && !tool.near)
            .map((tool) => (
              <ToolButton key={tool.name} tool={tool} name={model.customerName(view) || t("staff.nameless")} />
            ))}
          {group === "session" && view.session.recording_policy === "always" && (
            <p className="small muted said">{t("staff.policy.always_here")}</p>
          )}
        </section>
      ))}
    </div>
  )
}

function ToolButton({ tool, name }: { tool: Tool; name: string }) {
  const { t } = useTranslation()
  const label = t(`staff.tool.${tool.name}`)
  const why = tool.why ? t(`staff.why.${tool.why}`, { name }) : null
  return (
    <Tooltip label={why ?? label} position="left" disabled={!why} multiline maw={260}>
      <UnstyledButton
        className={tool.on ? "tool on" : "tool"}
        aria-disabled={why !== null || undefined}
        aria-description={why ?? undefined}
        aria-keyshortcuts={tool.key?.toUpperCase()}
        onClick={() => why === null && tool.run()}
      >
        <span>{label}</span>
        {tool.key && <kbd aria-hidden>{tool.key.toUpperCase()}</kbd>}
      </UnstyledButton>
    </Tooltip>
  )
}
