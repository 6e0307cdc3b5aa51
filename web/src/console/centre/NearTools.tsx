import { Tooltip, UnstyledButton } from "@mantine/core"
import type { ComponentType } from "react"
import { useTranslation } from "react-i18next"
import type { SessionView } from "../../wire/view"
import { useTools } from "./useTools"

interface Props {
  view: SessionView
  name: string
  label: string
  /** Of the tools that stand here. */
  signs: Readonly<Record<string, ComponentType<{ size?: number }>>>
  /** Where the focus goes that leaves the picture. */
  leave?: string
}

/** The tools of the rail that are for what is shown, near to it. */
export function NearTools({ view, name, label: region, signs, leave }: Props) {
  const { t } = useTranslation()
  const tools = useTools(view).filter((tool) => tool.name in signs)
  if (tools.length === 0) return null
  return (
    <div className="page-tools" role="toolbar" aria-label={region}>
      {tools.map((tool) => {
        const Sign = signs[tool.name] as ComponentType<{ size?: number }>
        const label = t(`staff.tool.${tool.name}`)
        const why = tool.why ? t(`staff.why.${tool.why}`, { name }) : null
        const acts = tool.name.endsWith("_wipe") || tool.name.endsWith("_stop")
        return (
          <Tooltip key={tool.name} label={why ?? [label, tool.key?.toUpperCase()].filter(Boolean).join(" · ")}>
            <UnstyledButton
              className={tool.on ? "page-tool on" : "page-tool"}
              aria-label={label}
              aria-pressed={acts ? undefined : tool.on}
              aria-disabled={why !== null || undefined}
              aria-description={why ?? undefined}
              aria-keyshortcuts={tool.key?.toUpperCase()}
              data-leave={(leave && tool.name.startsWith(leave)) || undefined}
              onClick={() => why === null && tool.run()}
            >
              <Sign size={18} />
            </UnstyledButton>
          </Tooltip>
        )
      })}
    </div>
  )
}
